# the specification, section 7.4: a short program
my @a = (3, 1, 2); @a = reverse sort @a; print "@a\n"; @a = sort { $a <=> $b } @a; print "@a\n";
