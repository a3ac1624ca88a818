# the specification, section 5.1: 31-bit operands under every operator
my @p = ([2147483647, 2], [1999999999, 31337], [123456789, 987654321], [65536, 65536], [7, 3], [1000003, 999983]);
for (@p) {
    my ($a, $b) = @$_;
    print join(" ", $a + $b, $a - $b, $b - $a, $a * $b, int($a / $b), $a % $b, -$a % $b, $a & $b, $a | $b, $a ^ $b, ~$a & 255, $a << 3, $a >> 3, $a <=> $b, int($a / 7)), "\n";
    print join(" ", map { $a**$_ } 1 .. 4), "\n";
}
