# the specification, section 7.4: a short program
package A; sub f { "f(@_[1..$#_])" } package main; my $m = A->can("f"); print A->$m(3), " ", A->can("g") ? 1 : 0, " "; my $n = "f"; print A->$n(4), "\n";
