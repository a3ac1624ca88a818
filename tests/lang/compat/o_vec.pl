# the specification, section 7.4: a short program
my $v = ""; vec($v, 0, 8) = 65; vec($v, 1, 8) = 66; print "$v ", vec($v, 0, 8), " ", vec($v, 3, 4), " ", unpack("b*", $v), " ", length $v, "\n";
