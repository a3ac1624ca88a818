# the specification, section 7.4: a short program
no warnings; print "12abc" + 1, " ", "abc" + 1, " ", "0x1A" + 0, " ", "1e3" + 1, " ", ".5" + 1, " ", " 7 " + 1, " ", "" + 0, "\n";
