# Primes by crossing out.
sub sieve {
    my ($n) = @_;
    my @composite = (0) x ($n + 1);
    my ($found, $sum) = (0, 0);
    for (my $i = 2; $i <= $n; $i++) {
        next if $composite[$i];
        $found++;
        $sum = ($sum + $i) % 1000003;
        for (my $j = $i * $i; $j <= $n; $j += $i) { $composite[$j] = 1 }
    }
    return "$found $sum";
}
print sieve(1500000), "\n";
