# the specification, section 7.4: a short program
print 4294967296 * 4294967296, " ", 4294967295 * 4294967297, " ", 3037000500 * 3037000500, "\n";
