# Texts put together from pieces; other constants, one more step.
my $total = 0;
my $text  = "";
for my $i (1 .. 1800000) {
    $text .= "item ";
    $text .= $i;
    $text .= "; ";
    $text .= "." if $i % 3 == 0;
    if (length($text) > 6000) {
        $total += length($text);
        $text = "";
    }
}
print $total + length($text), "\n";
