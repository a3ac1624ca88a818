# Which texts of whole numbers are added as integers, seen where a float has no room for the sum.
for my $text ('5', ' 5', '5 ', '+5', '-5', '5.', '5.0', '-5.0', '5e0', '5.0e0', '50e-1', '5x', '5.x') {
    print "$text: ", $text + (-9223372036854775807), ' ', $text * 1000000000000001, ' ', 9223372036854775000 - $text, "\n";
}
