# the specification, section 7.4: a short program
our @a = (1, 2, 3); { local $a[1] = 9; print "@a;"; } print "@a\n";
