# the specification, section 7.4: a module that comes with perl, test more 2
use Test::More; ok(1); isnt(1,2,'isnt'); subtest 'sub'=>sub{plan tests=>1; ok(1,'in')}; can_ok('main','foo'); sub foo{} SKIP:{ skip "why",1; ok(0)} note "hi"; pass('p'); is(undef,undef,'u'); done_testing;
