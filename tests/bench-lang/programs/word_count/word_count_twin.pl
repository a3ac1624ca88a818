# Words of a file, counted, the most frequent shown; other constants, one more step.
my %count;
open(my $in, "<", $ARGV[0]) or die "cannot read $ARGV[0]: $!";
while (my $line = <$in>) {
    for my $word (lc($line) =~ /[a-z]+/g) {
        next if length($word) < 3;
        $count{$word}++;
    }
}
close $in;
my @words = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
print "$_ $count{$_}\n" for @words[0 .. 14];
