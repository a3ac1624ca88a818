# core Perl: AUTOLOAD of methods and functions
package A; our $AUTOLOAD; sub new { bless {},shift } sub AUTOLOAD { my $s=shift; my $n=$AUTOLOAD; $n=~s/.*:://; return if $n eq 'DESTROY'; return "auto($n: @_)" } package main; my $o=A->new; print $o->foo(1,2),"\n"; print A->bar,"\n"; print A::baz(3),"\n";
