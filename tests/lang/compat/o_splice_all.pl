# the specification, section 7.4: a short program
my @a = (1 .. 8); my @r = splice @a, 2, 3; print "@r|@a|"; splice @a, 1, 1, "x", "y"; print "@a|"; splice @a, -2; print "@a|", scalar(splice(@a, 0, 2)), "\n";
