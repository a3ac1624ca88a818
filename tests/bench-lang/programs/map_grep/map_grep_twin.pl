# Chains of map and grep, summed; other constants, one more step.
use List::Util qw(sum);
my $total = 0;
for my $round (1 .. 20) {
    $total += sum grep { $_ > 10 } map { $_ * $_ % 2003 } grep { $_ % 7 == 1 } map { $_ * 5 + $round } 1 .. 90000;
}
print "$total\n";
