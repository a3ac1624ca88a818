# the specification, section 7.4: sieve, perfect numbers and factors
use strict;
use warnings;
my @c = (1) x 101;
@c[0, 1] = (0, 0);
for my $i (2 .. 10) { next unless $c[$i]; for (my $j = $i * $i; $j <= 100; $j += $i) { $c[$j] = 0 } }
print join(" ", grep { $c[$_] } 0 .. 100), "\n";
sub factors { my ($n, $d, @f) = (shift, 2); while ($n > 1) { while ($n % $d == 0) { push @f, $d; $n /= $d } $d++ } @f }
print "$_: @{[ factors($_) ]}\n" for 12, 97, 360;
print join(",", grep { my $n = $_; my $s = 0; $n % $_ or $s += $_ for 1 .. $n / 2; $s == $n } 2 .. 500), "\n";
