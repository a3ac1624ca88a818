# the specification, section 7.4: a short program
my @a = (1, 2, 3); print "n=" . @a . " l=" . scalar(@a) . " $#a ", "@a" . "", "\n";
