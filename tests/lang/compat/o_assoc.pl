# the specification, section 7.4: a short program
print 2 ** 3 ** 2, " ", -2 ** 2, " ", 10 - 3 - 2, " ", 2 + 3 . 4, " ", 1 < 2, " ", !1 + 1, " ", 7 / 2 * 2, "\n";
