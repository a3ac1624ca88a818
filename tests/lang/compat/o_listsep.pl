# the specification, section 7.4: a short program
my @a = (1, 2, 3); { local $" = ":"; print "@a\n"; } print "@a\n";
