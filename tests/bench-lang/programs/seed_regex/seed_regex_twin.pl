# Two words at the end of a sentence, matched a hundred thousand times; other constants, one more step.
my $text = "the quick brown fox jumps over the sleeping cat";
my $count = 0;
for (my $i = 0; $i < 110_000; $i++) {
    if ($text =~ /(\w+)\s+(\w+)$/) {
        $count++;
        $count += length $1;
    }
}
print "$count\n";
