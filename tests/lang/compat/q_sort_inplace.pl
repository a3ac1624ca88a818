# the specification, section 7.4: a short program
my @a = (5, 3, 9); @a = sort { $b <=> $a } @a; print "@a\n"; my @b = sort { ; } 1; print "@b\n";
