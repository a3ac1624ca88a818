# the specification, section 7.4: recursion
use strict;
use warnings;
no warnings 'recursion';
sub ack { my ($m, $n) = @_; $m == 0 ? $n + 1 : $n == 0 ? ack($m - 1, 1) : ack($m - 1, ack($m, $n - 1)) }
print ack(2, 3), "\n";
sub hanoi { my ($n, $f, $t, $v) = @_; return 0 if !$n; return hanoi($n - 1, $f, $v, $t) + 1 + hanoi($n - 1, $v, $t, $f) }
print hanoi(8, 'a', 'b', 'c'), "\n";
sub perm { my ($d, @r) = @_; return "@$d" unless @r; map { my @x = @r; my ($p) = splice @x, $_, 1; perm([@$d, $p], @x) } 0 .. $#r }
print join("|", perm([], 1 .. 3)), "\n";
sub flat { map { ref $_ ? flat(@$_) : $_ } @_ }
print join(",", flat(1, [2, [3, [4]], 5])), "\n";
sub depth { my $n = shift; $n ? 1 + depth($n - 1) : 0 }
print depth(5000), "\n";
sub gcd { my ($a, $b) = @_; $b ? gcd($b, $a % $b) : $a }
print gcd(1071, 462), "\n";
