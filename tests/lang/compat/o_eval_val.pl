# the specification, section 7.4: a short program
my $v = eval { 7 } + 1; my @l = eval { (1, 2, 3) }; print "$v @l [", $@, "]\n";
