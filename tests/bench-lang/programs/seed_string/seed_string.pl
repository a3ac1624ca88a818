# One character appended, half a million times.
my $text = "";
for (my $i = 0; $i < 500_000; $i++) {
    $text .= "x";
}
print length($text), "\n";
