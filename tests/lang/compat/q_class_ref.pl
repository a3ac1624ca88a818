# the specification, section 7.4: a short program
package P; sub new { my $p = shift; my $c = ref($p) || $p; bless { @_ }, $c } package main; my $x = P->new(v => 1); my $y = $x->new(v => 2); print ref $y, $y->{v}, "\n";
