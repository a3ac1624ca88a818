# the specification, section 7.4: a histogram
use strict;
use warnings;
my %h;
$h{$_}++ for grep { /\w/ } map { lc } split //, "Hello World, hello Perl";
my $max = (sort { $b <=> $a } values %h)[0];
for my $k (sort { $h{$b} <=> $h{$a} or $a cmp $b } keys %h) { printf "%s %-*s %d\n", $k, $max, '*' x $h{$k}, $h{$k} }
