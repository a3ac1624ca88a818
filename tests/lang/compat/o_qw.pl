# the specification, section 7.4: a short program
my @w = qw(a b c); my ($x) = qw(p q); print "@w[1..2] $x ", scalar(@w), "\n";
