# the specification, section 7.4: a short program
package C; sub new { bless { n => 0 }, shift } sub add { $_[0]{n} += $_[1]; $_[0] } sub n { $_[0]{n} } package main; print C->new->add(2)->add(3)->n, "\n";
