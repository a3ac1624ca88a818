# Texts put together from pieces.
my $total = 0;
my $text  = "";
for my $i (1 .. 2000000) {
    $text .= "item ";
    $text .= $i;
    $text .= ", ";
    if (length($text) > 5000) {
        $total += length($text);
        $text = "";
    }
}
print $total + length($text), "\n";
