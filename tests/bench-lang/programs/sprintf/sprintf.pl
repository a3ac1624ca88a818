# Numbers and texts formatted.
my ($total, $last) = (0, "");
for my $i (1 .. 400000) {
    $last = sprintf("%05d|%-8s|%8.3f|%x", $i, "n" . $i % 100, $i / 7, $i * 3);
    $total += length $last;
}
print "$total $last\n";
