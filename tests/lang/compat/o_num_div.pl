# the specification, section 7.4: a short program
print 10 / 2, " ", 10 / 3, " ", -1 / 4, " ", 1e300 * 1e10, "\n";
