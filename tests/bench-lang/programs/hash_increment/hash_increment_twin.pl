# Counts by text; other constants, one more step.
my %seen;
my $seed = 99;
for (1 .. 900000) {
    $seed = ($seed * 3877 + 29573) % 139968;
    $seen{"key" . $seed % 4001}++;
    $seen{total}++;
}
my $squares = 0;
$squares += $_ * $_ for values %seen;
print scalar(keys %seen), " $squares $seen{key17}\n";
