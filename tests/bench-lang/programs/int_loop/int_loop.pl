# Whole numbers, remainders and branches in a loop.
sub run {
    my ($n) = @_;
    my $sum = 0;
    for (my $i = 1; $i <= $n; $i++) {
        if ($i % 3 == 0) {
            $sum += $i;
        } elsif ($i % 5 == 0) {
            $sum += 2 * $i;
        } else {
            $sum -= 1;
        }
    }
    return $sum;
}
print run(4000000), "\n";
