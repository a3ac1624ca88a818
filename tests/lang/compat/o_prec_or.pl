# the specification, section 7.4: a short program
my @a = (1, 0 || 2); my $x = (0 or 5); print "@a $x\n";
