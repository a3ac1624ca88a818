# the specification, section 7.4: a short program
my $s = "abc"; my $c = chop $s; print "$c $s\n";
