# the specification, section 7.4: a short program
my @v = (1, "1", "a", "Zz", "a9", 1.5, -1); $_++ for @v; print "@v\n"; my $u; $u++; my $d; $d--; print "$u $d\n"; my $s .= "x"; my $n += 5; print "$s $n\n";
