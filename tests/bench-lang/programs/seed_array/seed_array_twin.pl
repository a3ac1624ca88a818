# Half a million numbers pushed and sorted; other constants, one more step.
my @numbers;
for (my $i = 0; $i < 450_000; $i++) {
    push @numbers, ($i * 7907 + 13) % 1000003;
}
my @sorted = sort { $a <=> $b } @numbers;
print "$sorted[0] $sorted[-1]\n";
