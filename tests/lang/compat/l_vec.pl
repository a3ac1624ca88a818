# the specification, section 7.4: vec as a sieve
my $bits = '';
my $max = 50;
vec($bits, $_, 1) = 1 for 2 .. $max;
for my $i (2 .. 7) {
    next unless vec($bits, $i, 1);
    for (my $j = $i * $i; $j <= $max; $j += $i) { vec($bits, $j, 1) = 0 }
}
print join(" ", grep { vec($bits, $_, 1) } 0 .. $max), "\n";
print length $bits, " ", unpack("%32b*", $bits), "\n";
my $v = "abc";
print join(",", map { vec($v, $_, 8) } 0 .. 3), " ", vec($v, 0, 16), " ", vec($v, 1, 4), "\n";
