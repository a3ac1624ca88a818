# Push, sort and sum of numbers in no order.
my @numbers;
my $seed = 42;
for (1 .. 600000) {
    $seed = ($seed * 3877 + 29573) % 139968;
    push @numbers, $seed;
}
my @sorted = sort { $a <=> $b } @numbers;
my $sum    = 0;
$sum += $_ for @sorted;
my $weighted = 0;
$weighted += $sorted[$_] * ($_ % 7) for 0 .. $#sorted;
print "$sorted[0] $sorted[-1] $sum $weighted\n";
