# the specification, section 7.4: a short program
my @e = (5 .. 1); print scalar(@e), "\n";
