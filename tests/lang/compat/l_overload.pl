# the specification, section 7.4: a few overloaded operators
package Frac;
use strict;
use warnings;
use overload '+' => \&add, '-' => \&sub_, '*' => \&mul, '<=>' => \&cmp_, '""' => \&str, 'neg' => sub { Frac->new(-$_[0]{n}, $_[0]{d}) };
sub gcd { my ($x, $y) = @_; ($x, $y) = ($y, $x % $y) while $y; return abs $x }
sub new {
    my ($c, $n, $d) = @_;
    $d = 1 unless defined $d;
    my $g = gcd($n, $d) || 1;
    return bless { n => $n / $g, d => $d / $g }, $c;
}
sub lift { ref $_[0] ? $_[0] : Frac->new($_[0]) }
sub add { my ($x, $y) = ($_[0], lift($_[1])); Frac->new($x->{n} * $y->{d} + $y->{n} * $x->{d}, $x->{d} * $y->{d}) }
sub sub_ { my ($x, $y, $swap) = ($_[0], lift($_[1]), $_[2]); ($x, $y) = ($y, $x) if $swap; Frac->new($x->{n} * $y->{d} - $y->{n} * $x->{d}, $x->{d} * $y->{d}) }
sub mul { my ($x, $y) = ($_[0], lift($_[1])); Frac->new($x->{n} * $y->{n}, $x->{d} * $y->{d}) }
sub cmp_ { my ($x, $y, $swap) = ($_[0], lift($_[1]), $_[2]); my $r = $x->{n} * $y->{d} <=> $y->{n} * $x->{d}; $swap ? -$r : $r }
sub str { my $s = shift; $s->{d} == 1 ? "$s->{n}" : "$s->{n}/$s->{d}" }
package main;
my $h = Frac->new(1, 2);
my $t = Frac->new(1, 3);
print $h + $t, " ", $h - $t, " ", 1 - $h, " ", $h * 4, " ", -$h, "\n";
print $h > $t ? "gt" : "le", " ", join(",", sort { $a <=> $b } $h, $t, Frac->new(1, 6)), "\n";
my $s = Frac->new(0);
$s += $_ for $h, $t;
print "$s\n";
