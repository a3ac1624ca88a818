# the specification, section 7.4: matrices
use strict;
use warnings;
sub mul { my ($a, $b) = @_; my @r; for my $i (0 .. $#$a) { for my $j (0 .. $#{ $b->[0] }) { $r[$i][$j] += $a->[$i][$_] * $b->[$_][$j] for 0 .. $#$b } } \@r }
my $m = [[1, 2], [3, 4]];
my $p = mul($m, [[0, 1], [1, 0]]);
print join(" / ", map { join " ", @$_ } @$p), "\n";
my @t = map { my $c = $_; [map { $_->[$c] } @$m] } 0 .. $#{ $m->[0] };
print join(" / ", map { "@$_" } @t), "\n";
my $f = [[1, 1], [1, 0]];
my $r = [[1, 0], [0, 1]];
$r = mul($r, $f) for 1 .. 30;
print $r->[0][1], "\n";
