# the specification, section 7.4: a short program
my @l = (1, (2, (3, 4)), [5, 6]); print scalar(@l), " $l[3] $l[4][1]\n";
