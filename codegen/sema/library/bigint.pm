# Perl's bigint: literal integers are objects, which the compiler makes of them.
package bigint;
use Math::BigInt;
our @EXPORT_OK = qw(PI bexp hex oct inf NaN);
sub inf () { return Math::BigInt->binf }
sub NaN () { return Math::BigInt->bnan }
sub hex { return Math::BigInt->from_hex(@_ ? $_[0] : $_) }
sub oct { my $text = @_ ? $_[0] : $_; return $text =~ /^0?[xXbB]/ ? Math::BigInt->new($text =~ /^0/ ? $text : "0$text") : Math::BigInt->from_oct($text) }
1;
