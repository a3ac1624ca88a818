# Floating point in a loop: a logistic map and a weighted sum.
sub run {
    my ($n) = @_;
    my $x   = 0.5;
    my $sum = 0;
    for my $i (1 .. $n) {
        $x = 3.75 * $x * (1 - $x);
        $sum += $x / $i;
    }
    return $sum;
}
printf "%.6f\n", run(4000000);
