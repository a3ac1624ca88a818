# the specification, section 7.4: a short program
print "a", "b", 3, "\n";
