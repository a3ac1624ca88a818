# the specification, section 7.4: a short program
print 1 << 63, " ", 1 << 64, " ", 2 >> 64, " ", -1 >> 1, " ", -8 >> 60, "\n";
