# 6 --compat: use bigint, use bignum
use strict; use warnings;
{
    use bigint;
    print 2**100, "\n", 123456789012345678901234567890 + 1, "\n";
    my $f = 1; $f *= $_ for 1 .. 25; print "$f\n";
    my @fib = (0, 1); push @fib, $fib[-1] + $fib[-2] for 1 .. 100; print "$fib[100]\n";
    print 10 / 3, " ", -7 / 2, " ", 7 % 3, " ", 2 ** 64 - 1, "\n";
    my $x = 5; my @a = (1, 2, 3); print "$a[1] $a[$x - 3] ", substr("abcdef", 2, 3), " ", "ab" x 2, "\n";
    print 9_999_999_999_999_999_999 * 9, " ", 0xff + 1, "\n";
    printf "%s %d\n", 2 ** 70, 5;
    print ref(1), " ", 3 == 3 ? "eq" : "ne", " ", 10 <=> 9, "\n";
    for my $i (1 .. 3) { print $i * 2, " " } print "\n";
    my %h = (1 => 'a', 2 => 'b'); print join(",", map { "$_$h{$_}" } sort keys %h), "\n";
    sub gcd { my ($m, $n) = @_; ($m, $n) = ($n, $m % $n) while $n; $m } print gcd(2 ** 40, 6 ** 20), "\n";
}
print 2 ** 0.5 > 1.41 ? "plain\n" : "odd\n", ref(\1), "\n";
{ use bignum; print 0.1 + 0.2, " ", 1.5 * 2, " ", 2 ** 80, "\n"; }
