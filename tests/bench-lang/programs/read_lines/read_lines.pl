# A file of 50 MB, line by line.
my ($lines, $length, $found) = (0, 0, 0);
open(my $in, "<", $ARGV[0]) or die "cannot read $ARGV[0]: $!";
while (my $line = <$in>) {
    chomp $line;
    $lines++;
    $length += length $line;
    $found++ if index($line, "value") >= 0;
}
close $in;
print "$lines $length $found\n";
