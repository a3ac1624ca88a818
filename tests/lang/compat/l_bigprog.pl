# the specification, section 7.4: a small inventory report
use strict;
use warnings;
my @rows = map { chomp; [split /\t/] } <DATA>;
my $head = shift @rows;
my %total;
my $w = 0;
for my $r (@rows) {
    my ($item, $qty, $price) = @$r;
    $total{$item} += $qty * $price;
    $w = length $item if length $item > $w;
}
printf "%-${w}s %10s\n", $head->[0], 'total';
printf "%-${w}s %10.2f\n", $_, $total{$_} for sort { $total{$b} <=> $total{$a} } keys %total;
my $sum = 0;
$sum += $_ for values %total;
printf "%s\n", '-' x ($w + 11);
printf "%-${w}s %10.2f\n", 'sum', $sum;
__DATA__
item	qty	price
apple	3	0.5
pear	10	0.25
melon	1	3.2
apple	5	0.45
