# the specification, section 7.4: a short program
package P; sub new { bless [], shift } sub DESTROY { print "gone " } package main; { my $x = P->new; print "in "; } print "out\n";
