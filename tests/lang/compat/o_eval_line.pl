# the specification, section 7.4: a short program
eval { die "msg" }; print $@; eval { my $x = 1; my $y = $x / 0; }; print $@;
