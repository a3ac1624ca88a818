# the specification, section 7.4: a short program
print 1e15, " ", 1e16, " ", 123456789012345678, " ", 1e15 + 0, "\n";
