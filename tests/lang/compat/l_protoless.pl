# the specification, section 7.4: subs without prototypes
use strict;
use warnings;
sub max_of { my $m = shift; for (@_) { $m = $_ if $_ > $m } $m }
sub opts { my ($n, %o) = (shift, size => 1, @_); join ",", $n, map { "$_=$o{$_}" } sort keys %o }
sub two { return @_ == 2 ? "two" : scalar(@_) }
sub swap { @_[0, 1] = @_[1, 0] }
sub modify { $_ .= "!" for @_ }
print max_of(3, 9, 2), " ", opts('x', color => 'red'), " ", two(1, 2), two(), two(1), "\n";
my ($p, $q) = (1, 2);
swap($p, $q);
print "$p $q\n";
my @w = qw(a b);
modify(@w);
print "@w\n";
my @r = (sub { map { $_ * 2 } @_ })->(1, 2, 3);
print "@r\n";
sub early { for (@_) { return $_ if $_ > 5 } return -1 }
print early(1, 7, 9), early(1), "\n";
sub implicit { if ($_[0]) { "true branch" } else { "false branch" } }
print implicit(1), " ", implicit(0), "\n";
sub hashret { my %h = (a => 1, b => 2); %h }
my %got = hashret();
print join(",", map { "$_$got{$_}" } sort keys %got), "\n";
print &two(1, 2), " ", main::two(5), " ", main->can('two')->(1, 2), "\n";
