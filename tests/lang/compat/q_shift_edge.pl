# the specification, section 7.4: a short program
print 1 << 0, " ", 1 << 32, " ", 1 << 62, " ", 3 >> 1, " ", 2**40 >> 38, " ", 255 >> 9, "\n";
