# the specification, section 7.4: a short program
print "1.0" == 1 ? 1 : 0, "1.0" eq 1 ? 1 : 0, "abc" lt "abd" ? 1 : 0, 10 == 10.0 ? 1 : 0, "\n";
