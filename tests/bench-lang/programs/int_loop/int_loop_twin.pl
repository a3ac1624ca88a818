# Whole numbers, remainders and branches in a loop; other constants, one more step.
sub run {
    my ($n) = @_;
    my $sum = 0;
    for (my $i = 1; $i <= $n; $i++) {
        if ($i % 4 == 0) {
            $sum += $i;
        } elsif ($i % 7 == 0) {
            $sum += 2 * $i;
        } else {
            $sum -= 2;
        }
        $sum = $sum % 1000003;
    }
    return $sum;
}
print run(3000000), "\n";
