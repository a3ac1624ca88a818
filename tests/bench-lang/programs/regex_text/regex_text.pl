# Dates, addresses and words found in the lines of a file.
my ($days, $words) = (0, 0);
my (%month, %host);
open(my $in, "<", $ARGV[0]) or die "cannot read $ARGV[0]: $!";
while (my $line = <$in>) {
    if ($line =~ /(\d{4})-(\d\d)-(\d\d)/) {
        $days += $3;
        $month{$2}++;
    }
    while ($line =~ /(\w+)\@(\w+)\.(com|org|net)/g) { $host{"$2.$3"}++ }
    $words++ while $line =~ /\b[A-Z]\w+ing\b/g;
}
close $in;
my @months = map { "$_=$month{$_}" } sort keys %month;
my @hosts  = map { "$_=$host{$_}" } sort keys %host;
print "$days $words @months @hosts\n";
