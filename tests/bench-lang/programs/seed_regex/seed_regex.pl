# Two words at the end of a sentence, matched a hundred thousand times.
my $text = "the quick brown fox jumps over the lazy dog";
my $count = 0;
for (my $i = 0; $i < 100_000; $i++) {
    if ($text =~ /(\w+)\s+(\w+)$/) {
        $count++;
    }
}
print "$count\n";
