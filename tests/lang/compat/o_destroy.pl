# the specification, section 7.4: a short program
package D; sub new { bless { n => $_[1] }, $_[0] } sub DESTROY { print "d$_[0]{n} " } package main; { my $x = D->new(1); } my $y = D->new(2); undef $y; print "end\n";
