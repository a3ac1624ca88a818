# Push, sort and sum of numbers in no order; other constants, one more step.
my @numbers;
my $seed = 17;
for (1 .. 550000) {
    $seed = ($seed * 3877 + 29573) % 139968;
    push @numbers, $seed % 50021;
}
my @sorted = sort { $a <=> $b } @numbers;
my $sum    = 0;
$sum += $_ for @sorted;
my $weighted = 0;
$weighted += $sorted[$_] * ($_ % 9) for 0 .. $#sorted;
print "$sorted[0] $sorted[-1] $sum $weighted\n";
