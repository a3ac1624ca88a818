# Chains of map and grep, summed.
use List::Util qw(sum);
my $total = 0;
for my $round (1 .. 20) {
    $total += sum map { $_ * $_ % 1009 } grep { $_ % 4 == 1 } map { $_ * 3 + $round } 1 .. 100000;
}
print "$total\n";
