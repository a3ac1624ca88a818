# the specification, section 7.4: a short program
my @a = (1 .. 3); for my $x (@a) { $x *= 2 } print "@a\n"; my ($p, $q) = (1, 2); $_++ for $p, $q; print "$p$q\n";
