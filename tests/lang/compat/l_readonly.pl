# the specification, section 7.4: what cannot be changed
use strict;
use warnings;
use constant { PI => 3, NAMES => [1, 2] };
my $n = 0;
sub try_it { my ($what, $code) = @_; $n++; print "$n $what: ", eval { $code->(); 1 } ? "lived\n" : $@ }
sub change { $_[0] = 3 }
try_it('for lexical', sub { for my $x (1, 2) { $x = 5 } });
try_it('for words', sub { for (qw(a b)) { $_ .= "x" } });
try_it('for postfix', sub { $_++ for 1 });
try_it('for range', sub { for my $x (1 .. 2) { $x *= 2 } });
try_it('for copies', sub { for my $x (map { $_ } 1, 2) { $x *= 2 } });
try_it('for mixed', sub { my $v = 1; for my $x ($v, 2) { $x = 5 } });
try_it('map', sub { my @r = map { s/a/b/; $_ } "a" });
try_it('argument', sub { change(1) });
try_it('argument text', sub { change("x") });
try_it('argument variable', sub { my $v = 1; change($v); print "[$v] " });
try_it('reference', sub { my $r = \"lit"; print "[$$r] "; $$r = 1 });
try_it('reference in place', sub { ${ \1 } = 2 });
try_it('append', sub { my $r = \"lit"; $$r .= "more" });
try_it('substr', sub { my $r = \"literal"; substr($$r, 0, 1) = "x" });
try_it('chop', sub { my $r = \"literal"; chop $$r });
try_it('copy', sub { my $r = \"lit"; my $c = $$r; $c .= "!"; print "[$c] " });
try_it('capture', sub { "abc" =~ /(b)/; $1 = 5 });
try_it('elements of a constant', sub { NAMES->[0] = 7; print "[@{+NAMES}] " });
my $locked = 6;
Internals::SvREADONLY($locked, 1);
try_it('locked', sub { $locked = 7 });
print Internals::SvREADONLY($locked) ? "read-only $locked\n" : "free\n";
Internals::SvREADONLY($locked, 0);
try_it('unlocked', sub { $locked = 8 });
print "$locked\n";
