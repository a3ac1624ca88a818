# the specification, section 7.4: a short program
my $v = ""; vec($v, $_, 1) = 1 for 1, 3, 5; print unpack("b8", $v), " ", join(",", grep { vec($v, $_, 1) } 0 .. 7), "\n";
