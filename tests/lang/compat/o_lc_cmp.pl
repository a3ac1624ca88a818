# the specification, section 7.4: a short program
print "B" cmp "a", " ", lc "B" cmp lc "a", " ", "abc" lt "abd" ? 1 : 0, " ", "a" x 3 eq "aaa" ? 1 : 0, "\n";
