# the specification, section 7.4: a short program
my $x = 0 || "dflt"; my $y = 0 // "dflt"; my $z = 5 && 6; print "$x $y $z\n";
