# the specification, section 7.4: a short program
print 0.1 + 0.2, " ", 1/3, " ", 1e-5, " ", 100000 * 100000, " ", 3.0, "\n";
