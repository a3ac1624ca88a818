# the specification, section 7.4: a short program
print 6 & 3, " ", 6 | 3, " ", 6 ^ 3, " ", ~5 & 0xFF, " ", 1 << 4, " ", 256 >> 3, " ", ~0, "\n";
