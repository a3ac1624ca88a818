# Counts by text.
my %seen;
my $seed = 42;
for (1 .. 1000000) {
    $seed = ($seed * 3877 + 29573) % 139968;
    $seen{"key" . $seed % 5003}++;
}
my $squares = 0;
$squares += $_ * $_ for values %seen;
print scalar(keys %seen), " $squares $seen{key17}\n";
