# the specification, section 7.4: what a comparator sees, does and throws, and what others see of it
use strict; use warnings;
our ($a, $b) = ("outer a", "outer b");
my @n = map { $_ * 7 % 10 } 0 .. 9;
# Nobody else sees the elements while nobody is called.
my @s = sort { $b <=> $a || $a cmp $b } @n;
print "@s $a $b\n";
# Who is called sees them.
sub by_hand { $b <=> $a }
@s = sort { by_hand() || 0 } @n;
print "@s\n";
@s = sort { abs($main::a - 4) <=> abs($main::b - 4) || $a <=> $b } @n;
print "@s\n";
# A comparator that dies leaves the array whole.
my @left = map { { v => $_ } } 5, 3, "x", 1;
eval { @left = sort { die "stop\n" if "$a->{v}$b->{v}" =~ /x/; $a->{v} <=> $b->{v} } @left; 1 } or print "died: $@";
print scalar(@left), " ", join(",", map { $_->{v} } @left), "\n";
# One that changes elements in place.
my @m = ([3, 0], [1, 0], [2, 0], [5, 0], [4, 0]);
@m = sort { $a->[1]++; $a->[0] <=> $b->[0] } @m;
print join(" ", map { $_->[0] } @m), " ", (grep { $_->[1] > 0 } @m) > 0 ? "changed" : "untouched", "\n";
# Elements that are made on the way stay.
my @deep = ({ x => { y => 2 } }, {}, { x => { y => 1 } }, {}, { x => {} });
{ no warnings; @deep = sort { $a->{x}{y} <=> $b->{x}{y} } @deep; }
print join(" ", map { exists $_->{x} ? defined $_->{x}{y} ? $_->{x}{y} : "made" : "none" } @deep), "\n";
# Equal keys keep their order, downwards as well.
my @pairs = map { [$_ % 3, $_] } 1 .. 12;
print join(" ", map { "$_->[0]$_->[1]" } sort { $b->[0] <=> $a->[0] } @pairs), "\n";
print join(" ", map { "$_->[0]$_->[1]" } reverse sort { $a->[0] <=> $b->[0] } @pairs), "\n";
