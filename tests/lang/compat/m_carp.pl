# the specification, section 7.4: a module that comes with perl, carp
use Carp;
package Foo; use Carp; sub new { bless {}, shift } sub m { my $s = shift; croak "in m: @_" } sub c { carp "careful" } package Bar; sub call { Foo->new->m(3) }
package main;
eval { Foo->new->m(1, 2) }; print $@; eval { Bar::call() }; print $@; local $SIG{__WARN__} = sub { print "W:", @_ }; Foo::c(); eval { croak {code => 5} }; print $@->{code}, "\n"; eval { Foo->new->m("x\n") }; print $@;
