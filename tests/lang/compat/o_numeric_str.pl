# the specification, section 7.4: a short program
print 1.0, " ", "1.0", " ", "1.0" + 0, " ", 1.10, " ", 1e0, " ", 0x10, " ", -0.0, " ", 1.23456789012345678, "\n";
