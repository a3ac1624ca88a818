# the specification, section 7.4: a short program
my $s = "\xc3\xa9"; print length $s, " ", join(",", map { ord } split //, $s), "\n";
