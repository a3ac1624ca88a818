# Half a million numbers pushed and sorted.
my @numbers;
for (my $i = 0; $i < 500_000; $i++) {
    push @numbers, $i * 7919 % 1000003;
}
my @sorted = sort { $a <=> $b } @numbers;
print "$sorted[0] $sorted[-1]\n";
