# A hundred thousand numbers as keys, then all values summed; other constants, one more step.
my %table;
for (my $i = 0; $i < 110_000; $i++) {
    $table{$i} = $i * 3 + 1;
}
my $sum = 0;
for my $key (keys %table) {
    $sum += $table{$key};
}
print "$sum\n";
