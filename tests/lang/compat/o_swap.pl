# the specification, section 7.4: a short program
my ($x, $y) = (1, 2); ($x, $y) = ($y, $x); print "$x$y\n";
