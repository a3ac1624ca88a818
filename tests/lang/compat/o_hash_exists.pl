# the specification, section 7.4: a short program
my %h = (a => undef); print exists $h{a} ? 1 : 0, defined $h{a} ? 1 : 0, exists $h{z} ? 1 : 0, "\n";
