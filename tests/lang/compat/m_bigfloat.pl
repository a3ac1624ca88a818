# the specification, section 7.4: a module that comes with perl, Math::BigFloat
use strict; use warnings; use Math::BigFloat;
sub f { return Math::BigFloat->new(@_) }
my ($x, $y) = (f('1.5'), f('-0.25'));
print join(' ', $x + $y, $x * $y, $x / $y, $x - $y, 2 - $x, 3 / $x, -$x, abs $y, int f('-3.5')), "\n";
print join(' ', f(1) / 3, f(2) / 3, f(10)->bdiv(3, 20), f(1) / 8, f('1e40') / 7), "\n";
print join(' ', f(2)->bsqrt, f(16)->bsqrt, sqrt(f('0.0004')), f('2')->bsqrt(60), f(16)->bsqrt(10)), "\n";
print join(' ', f(2) ** 100, f(2) ** -3, f('1.1') ** 10, f(2) ** 0.5, f(3) ** -1, f(-2) ** 3), "\n";
print join(' ', map { f($_) } '1e3', '1.50', '-0.00', '.5', '1e-5', '1_000.5', 'abc', 'inf', '-inf', '0x1f', ' 7 '), "\n";
print join(' ', f('123.456')->bsstr, f('0.001234')->bnstr, f('1200')->bsstr, f('12.50')->bstr), "\n";
print join(' ', map { f('2.5')->bfround(0, $_) } qw(even odd +inf -inf zero trunc common)), "\n";
print join(' ', f('123.456')->bround(4), f('123.456')->bfround(-2), f('1234567')->bround(3), f('99.99')->bround(2), f('0.000123456')->bround(2)), "\n";
my $p = f('3.14159'); $p->accuracy(3); print "$p\n"; $p = f('3.14159'); $p->precision(-3); print "$p\n";
print join(' ', f('7.5') % 2, f('-7.5') % 2, f('1234.5')->bfloor, f('1234.5')->bceil, f('-1.5')->bfloor, f('-1.5')->bceil), "\n";
print join(' ', f('1.23') <=> f('1.3'), f('1.50') == 1.5 ? 'same' : 'other', f(0)->is_zero, f('2.0')->is_int, f('2.5')->is_int, f(3)->is_odd), "\n";
print join(' ', f(100)->blog(10), f(1024)->blog(2), f(2)->blog, f(1)->bexp(30), f('-1.5')->bexp(20), Math::BigFloat->bpi(50)), "\n";
print join(' ', f(1) / 0, f(-1) / 0, f('12.5')->mantissa, f('12.5')->exponent, f('12.5')->numify + 1), "\n";
my ($q, $r) = f('7.5')->bdiv(2); print "$q $r\n";
$x++; $x += '0.125'; print "$x\n"; my $copy = $x; $copy *= 2; print "$x $copy\n";
print join(' ', sort { $a <=> $b } map { f($_) } '10', '9.5', '-1', '0.001'), "\n";
Math::BigFloat->accuracy(10); print f(1) / 7, ' ', f(2)->bsqrt, "\n"; Math::BigFloat->accuracy(undef);
my $sum = f(0); my $term = f(1); for my $n (1 .. 25) { $sum += $term; $term /= $n } print $sum->bround(20), "\n";
