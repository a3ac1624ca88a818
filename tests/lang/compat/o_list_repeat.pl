# the specification, section 7.4: a short program
my @a = (1, 2) x 3; print "@a ", scalar(@a), "\n";
