# the specification, section 3.10: bit operators on numbers and on strings
print 12 & 10, " ", 12 | 3, " ", 12 ^ 10, " ", ~0 & 0xFFFF, " ", 1 << 10, " ", 1024 >> 3, " ", -1 & 0xFF, "\n";
print "12" & "10", " ", "12" & 10, " ", 12 & "10", " ", "a" | "b", " ", "abc" ^ "   ", " ", "AbC" | "   ", "\n";
my $x = 0b1010;
$x |= 0b0101; $x &= 0b1110; $x ^= 0b1000; $x <<= 2; $x >>= 1;
printf "%b %d\n", $x, $x;
print join("", map { ($x >> $_) & 1 } reverse 0 .. 7), "\n";
my $c = 0;
for (my $n = 255; $n; $n &= $n - 1) { $c++ }
print "$c\n";
