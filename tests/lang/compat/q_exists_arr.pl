# the specification, section 7.4: a short program
my @a = (1, undef); print exists $a[0] ? 1 : 0, exists $a[1] ? 1 : 0, exists $a[2] ? 1 : 0, exists $a[-1] ? 1 : 0, "\n";
