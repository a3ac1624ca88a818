# the specification, section 7.4: a short program
my $s = "abc\n\n"; my $c = chomp $s; print "$c [", $s, "]\n";
