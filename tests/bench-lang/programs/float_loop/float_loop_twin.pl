# Floating point in a loop: a logistic map and a weighted sum; other constants, one more step.
sub run {
    my ($n) = @_;
    my $x   = 0.25;
    my $sum = 0;
    for my $i (1 .. $n) {
        $x = 3.875 * $x * (1 - $x);
        $sum += $x / $i - 0.5 * $x;
    }
    return $sum;
}
printf "%.6f\n", run(3500000);
