# the specification, section 7.4: a short program
my @a; print push(@a, 1, 2, 3), unshift(@a, 0), pop @a, shift @a, "\n";
