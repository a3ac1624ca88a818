# A counter added to a sum, five million times; other constants, one more step.
my $sum = 0;
for (my $i = 0; $i < 4_500_000; $i++) {
    $sum += $i * 3;
}
print "$sum\n";
