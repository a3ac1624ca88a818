# the specification, section 3.8: sorting of many kinds
use strict;
use warnings;
my @people = map { { n => $_->[0], a => $_->[1] } } ['Ann', 30], ['Bob', 25], ['Cid', 30], ['Dan', 25];
print join(" ", map { $_->{n} } sort { $a->{a} <=> $b->{a} || $b->{n} cmp $a->{n} } @people), "\n";
print join(" ", sort { length $a <=> length $b } qw(ccc bb a dd eee f)), "\n";
my %score = (x => 3, y => 1, z => 2);
print join(" ", sort { $score{$a} <=> $score{$b} } keys %score), "\n";
my @st = map { $_->[1] } sort { $a->[0] <=> $b->[0] or $a->[1] cmp $b->[1] } map { [tr/aeiou//, $_] } qw(banana kiwi fig oe);
print "@st\n";
sub backwards { $b cmp $a }
print join(" ", sort backwards qw(m n l)), "\n";
my @sorted = reverse sort { $a <=> $b } grep { $_ % 2 } 1 .. 9;
print "@sorted\n";
my @idx = sort { $st[$a] cmp $st[$b] } 0 .. $#st;
print "@idx\n";
print join(",", sort qw(B a C b A c)), " ", join(",", sort { lc $a cmp lc $b } qw(B a C)), "\n";
print join(",", sort 10, 9, 2, 33, 1), " ", join(",", sort { $a <=> $b } qw(10 9 2 33 1)), "\n";
