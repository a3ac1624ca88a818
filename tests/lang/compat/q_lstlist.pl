# the specification, section 7.4: a short program
my ($a1, $b1, @c1) = (1, 2); print scalar(@c1), "\n"; my ($x, $y) = (1); print defined $y ? 1 : 0, "\n"; ($x, $y) = (7, 8, 9); print "$x$y\n";
