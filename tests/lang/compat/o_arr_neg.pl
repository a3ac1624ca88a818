# the specification, section 7.4: a short program
my @a = (1, 2, 3); print $a[-1], $a[-3], defined $a[5] ? 1 : 0, scalar(@a), "\n";
