# the specification, section 5.7: traces show what functions were called with
use strict;
use warnings;
use Carp qw(confess croak longmess);
sub deep { confess "bad" }
sub outer { deep(1, "two", undef, -3.5, 'q"$x@y\\', "tab\there") }
eval { outer("a") };
print $@;
sub many { confess "many" }
eval { many(1 .. 12) };
print $@;
eval { many("x" x 100) };
print $@;
sub shifted { my $x = shift; shift; confess "shifted" }
eval { shifted("one", 2, 3) };
print $@;
sub short { croak "croaked" }
eval { short(5) };
print $@;
package Other;
sub complain { Carp::croak("from Other") }
package main;
sub caller_of_other { Other::complain(1) }
eval { caller_of_other(2) };
print $@;
my $anonymous = sub { longmess("lm") };
print $anonymous->("arg");
sub frames { package DB; my @f = caller(0); print "$f[3] (@DB::args)\n"; my @g = caller(1); print "$g[3] (@DB::args)\n" if @g }
sub above { frames(1, 2, "x") }
above("outer");
