# the specification, section 7.4: destroy order
package D; sub new { my ($c, $n) = @_; print "new $n\n"; bless {n => $n}, $c } sub DESTROY { print "destroy $_[0]{n}\n" } package main;
my $d = D->new(2); $d = D->new(3); print "x\n"; undef $d; my @l = map { D->new($_) } 4 .. 5; @l = (); print "y\n"; $d = D->new(6); $d = 7; print "z\n";
