# the specification, section 7.4: a short program
my @a = (1 .. 5); $#a = 1; print "@a $#a\n"; $#a = -1; print scalar(@a), "\n";
