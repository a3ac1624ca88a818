# the specification, section 7.4: a short program
package A; sub new { bless {}, shift } sub hi { "A-hi" } sub who { ref shift } package B; our @ISA = ("A"); sub hi { my $s = shift; "B+" . $s->SUPER::hi() } package main; my $b = B->new; print $b->hi, $b->who, $b->isa("A") ? 1 : 0, B->can("who") ? 1 : 0, B->can("zip") ? 1 : 0, "\n";
