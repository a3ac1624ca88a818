# the specification, section 7.4: a short program
sub mygrep(&@) { my $c = shift; my @r; for (@_) { push @r, $_ if $c->() } @r } print join(",", mygrep { $_ > 1 } 1, 2, 3), "\n";
