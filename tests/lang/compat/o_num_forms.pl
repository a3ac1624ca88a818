# the specification, section 7.4: a short program
print 1_000, " ", 0x1f, " ", 0b101, " ", 017, " ", 1.50, " ", 1e3, " ", .5, "\n";
