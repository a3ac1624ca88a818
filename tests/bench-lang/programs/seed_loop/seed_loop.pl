# A counter added to a sum, five million times.
my $sum = 0;
for (my $i = 0; $i < 5_000_000; $i++) {
    $sum += $i;
}
print "$sum\n";
