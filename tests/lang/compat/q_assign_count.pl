# the specification, section 7.4: a short program
if ((my @m = "abc" =~ /./g) == 3) { print "three\n" } print scalar(my ($p, $q) = (5, 6, 7)), "\n";
