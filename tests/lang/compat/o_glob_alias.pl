# the specification, section 7.4: a short program
our @x = (1, 2); *y = \@x; our @y; push @y, 3; print "@x\n"; *add = sub { $_[0] + 1 }; print add(4), "\n";
