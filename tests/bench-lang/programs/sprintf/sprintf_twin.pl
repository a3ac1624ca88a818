# Numbers and texts formatted; other constants, one more step.
my ($total, $last) = (0, "");
for my $i (1 .. 350000) {
    $last = sprintf("%06d|%-8s|%8.3f|%x|%+d", $i, "n" . $i % 100, $i / 9, $i * 3, $i - 100);
    $total += length $last;
}
print "$total $last\n";
