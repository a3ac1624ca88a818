# A file of 50 MB, line by line; other constants, one more step.
my ($lines, $length, $found) = (0, 0, 0);
open(my $in, "<", $ARGV[0]) or die "cannot read $ARGV[0]: $!";
while (my $line = <$in>) {
    chomp $line;
    $lines++;
    $length += length $line;
    $found++ if index($line, "needle") >= 0;
    $found += 2 if substr($line, 0, 1) eq "c";
}
close $in;
print "$lines $length $found\n";
