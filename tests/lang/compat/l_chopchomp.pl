# the specification, section 4.2: chop and chomp on many operands
my ($a1, $b1) = ("ab\n", "cd");
chomp($a1, $b1);
print "$a1$b1\n";
my %h = (k => "v\n");
chomp %h;
print $h{k}, "\n";
chomp(my $line = "input\n");
print "$line\n";
my @l = ("xy", "zw");
chop @l;
print "@l\n";
$_ = "topic\n";
chomp;
print "$_\n";
my $e = "";
my $c = chop $e;
print "[$c] ", chomp(my $t = "a\n\n"), "\n";
