# the specification, section 7.4: each, keys and delete
use strict;
use warnings;
my %h = map { $_ => ord } 'a' .. 'e';
my $sum = 0;
while (my ($k, $v) = each %h) { $sum += $v }
print "$sum\n";
for my $k (sort keys %h) { delete $h{$k} if $h{$k} % 2 }
print join(",", map { "$_$h{$_}" } sort keys %h), "\n";
my @a = qw(x y z);
while (my ($i, $v) = each @a) { print "$i:$v " }
print "\n";
my $r = { one => 1 };
while (my ($k, $v) = each %$r) { print "$k $v\n" }
