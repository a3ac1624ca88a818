# the specification, section 7.4: a module that comes with perl, Test::Simple
use Test::Simple tests => 3;
ok(1, 'first'); ok(2 > 1); ok('x' eq 'x', 'last');
