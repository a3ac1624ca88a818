# Perl's bignum: literal numbers are objects, which the compiler makes of them.
package bignum;
use Math::BigInt;
use Math::BigFloat;
1;
