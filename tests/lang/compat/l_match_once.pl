# the specification, section 7.4: m?x? and reset
use strict;
use warnings;
my $text = "aXbXc";
my $count = 0;
for (1 .. 3) { $count++ if $text =~ m?X? }
print "$count\n";
for my $i (1 .. 4) { print "$i " if "abc" =~ m?b?; reset if $i == 2 }
print "\n";
print join(" ", grep { !m?one? } qw(one two one)), "\n";
our ($alpha, @also, %any, $beta) = (1);
@also = (1);
%any = (k => 1);
$beta = 5;
reset 'a';
print defined $alpha ? 1 : 0, scalar @also, scalar keys %any, $beta, "\n";
reset 'b-d';
print defined $beta ? 1 : 0, "\n";
