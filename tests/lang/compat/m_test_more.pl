# the specification, section 7.4: a module that comes with perl, test more
use Test::More tests=>6; ok(1,'one'); is(1+1,2,'two'); like("abc",qr/b/,'re'); is_deeply([1,{a=>2}],[1,{a=>2}],'deep'); cmp_ok(3,'<',4,'cmp'); isa_ok([],'ARRAY');
