# the specification, section 7.4: a short program
print 1_234_567 + 0, " ", 0xFF_FF, " ", 0b1111_0000, "\n";
