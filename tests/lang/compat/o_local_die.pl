# the specification, section 7.4: a short program
our $v = 1; eval { local $v = 2; die "x\n" }; print "$v $@";
