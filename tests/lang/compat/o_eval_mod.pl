# the specification, section 7.4: a short program
eval { my $x = 5 % 0; }; print $@; eval { sqrt(-1) }; print $@; eval { log(0) }; print $@;
