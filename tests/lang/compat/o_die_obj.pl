# the specification, section 7.4: a short program
package E; sub new { bless { m => $_[1] }, $_[0] } sub msg { $_[0]{m} } package main; eval { die E->new("bad") }; print ref $@, " ", $@->msg, " ", $@->isa("E") ? 1 : 0, "\n";
