# the specification, section 7.4: a short program
my $sum = 0; while (<DATA>) { next unless /(-?\d+(?:\.\d+)?)/; $sum += $1 } print "$sum\n";
__DATA__
a 1.5
b -3
none
c 10
