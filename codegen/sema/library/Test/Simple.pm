# Perl's Test::Simple: `ok`, and a plan.
package Test::Simple;
use Test::More;
our @EXPORT = qw(ok);
sub ok ($;$) { return Test::More::ok($_[0], $_[1]) }
sub Configure { return Test::More::Configure(@_) }
1;
