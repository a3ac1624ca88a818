# the specification, section 7.4: a short program
my @a = (1, 2, 3); $_ *= 2 for @a; s/^/x/ for @a; print "@a\n";
