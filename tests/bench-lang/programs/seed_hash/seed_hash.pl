# A hundred thousand numbers as keys, then all values summed.
my %table;
for (my $i = 0; $i < 100_000; $i++) {
    $table{$i} = $i * 2;
}
my $sum = 0;
for my $key (keys %table) {
    $sum += $table{$key};
}
print "$sum\n";
