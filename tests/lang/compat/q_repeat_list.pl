# the specification, section 7.4: a short program
my @a = ('a', 'b') x 2; my @z = (0) x 5; my @e = (1) x 0; print "@a @z ", scalar(@e), "\n"; my @m = map { [(0) x 2] } 1 .. 2; $m[0][0] = 1; print "$m[1][0]\n";
