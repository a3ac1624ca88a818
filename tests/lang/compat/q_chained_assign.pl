# the specification, section 7.4: a short program
my $x = my $y = my $z = 4; $x++; print "$x$y$z\n"; my @a = my @b = (1, 2); push @a, 3; print "@a|@b\n";
