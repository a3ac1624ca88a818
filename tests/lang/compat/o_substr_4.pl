# the specification, section 7.4: a short program
my $s = "hello"; my $o = substr($s, 1, 3, "ipp"); print "$o $s\n";
