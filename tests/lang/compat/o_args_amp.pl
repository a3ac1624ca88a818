# the specification, section 7.4: a short program
sub g { "@_" } sub f { &g } print f(1, 2), "\n";
