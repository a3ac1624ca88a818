# the specification, section 7.4: a short program
for my $v (0, 1, "", "0", "0.0", "00", " ", "a") { print $v ? "T" : "F"; } print "\n";
