# the specification, section 7.4: memoised recursion over a hash
use strict;
use warnings;
my %memo;
sub ways { my ($n, @c) = @_; return 1 if $n == 0; return 0 if $n < 0 || !@c; return $memo{"$n,@c"} //= ways($n - $c[0], @c) + ways($n, @c[1 .. $#c]) }
print ways(100, 50, 25, 10, 5, 1), "\n";
my %f = (0 => 0, 1 => 1);
sub fib { my $n = shift; $f{$n} //= fib($n - 1) + fib($n - 2) }
print fib(80), " ", fib(90), "\n";
