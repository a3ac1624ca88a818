# the specification, section 7.4: a short program
my (undef, $b1, undef, $d1) = (1, 2, 3, 4); print "$b1$d1\n";
