# the specification, section 7.4: a short program
my @a = (1 .. 5); @a[0, 1] = @a[1, 0]; print "@a\n";
