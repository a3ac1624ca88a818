# the specification, section 7.4: a short program
my @a = qw(p q r); print join(",", keys @a), "\n";
