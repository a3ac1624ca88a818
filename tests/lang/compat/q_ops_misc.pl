# the specification, section 7.4: a short program
my @a = (1) x 3; my $s = "@a" x 2; print "$s\n"; my ($x, $y) = (10, 3); printf "%d %d %.3f %d %d\n", $x + $y, $x * $y, $x / $y, $x % $y, $x ** $y; print "abc" lt "abd" ? "lt" : "ge", " ", 5 <=> 3, " ", -5 <=> 3, "\n";
