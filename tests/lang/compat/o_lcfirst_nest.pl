# the specification, section 7.4: a short program
print ucfirst lc "ABC", " ", lc uc "x", " ", length "abc" . "d", "\n";
