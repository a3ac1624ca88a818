# Primes by crossing out; other constants, one more step.
sub sieve {
    my ($n) = @_;
    my @composite = (0) x ($n + 1);
    my ($found, $sum) = (0, 0);
    for (my $i = 2; $i <= $n; $i++) {
        next if $composite[$i];
        $found++;
        $sum = ($sum * 3 + $i) % 1000003;
        for (my $j = $i * $i; $j <= $n; $j += $i) { $composite[$j] = 1 }
    }
    return "$found $sum";
}
print sieve(1400000), "\n";
