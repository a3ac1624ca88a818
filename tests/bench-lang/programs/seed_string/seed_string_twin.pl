# One character appended, half a million times; other constants, one more step.
my $text = "";
for (my $i = 0; $i < 450_000; $i++) {
    $text .= "y";
    $text .= "z" if $i % 8 == 0;
}
print length($text), "\n";
