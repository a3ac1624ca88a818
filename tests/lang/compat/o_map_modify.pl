# the specification, section 7.4: a short program
my @a = (1, 2); map { $_++ } @a; print "@a\n";
