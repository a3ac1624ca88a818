# the specification, section 7.4: a short program
package A; our $AUTOLOAD; sub new { bless {}, shift } sub AUTOLOAD { my $s = shift; my $n = $AUTOLOAD; $n =~ s/.*:://; return if $n eq "DESTROY"; "auto $n @_" } package main; print A->new->foo(1, 2), "\n";
