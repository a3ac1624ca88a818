# the specification, section 7.4: a short program
my %h = map { lc, 1 } qw(A B); print join(",", sort keys %h), "\n";
