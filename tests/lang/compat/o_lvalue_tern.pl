# the specification, section 7.4: a short program
my ($x, $y) = (1, 2); (1 ? $x : $y) = 9; print "$x$y\n"; my @a = (1, 2); ($a[0], $a[1]) = ($a[1], $a[0]); print "@a\n";
