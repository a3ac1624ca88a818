# the specification, section 7.4: a short program
my ($a1, $b1, $c1) = (0, undef, 3); $a1 ||= 7; $b1 //= 8; $c1 &&= 9; print "$a1 $b1 $c1\n";
