# core Perl: a format that fills paragraphs
my $text="The quick brown fox jumps over the lazy dog and runs away"; format STDOUT =
^<<<<<<<<<<<<<<~~
$text
.
write;print "[$text]\n";
