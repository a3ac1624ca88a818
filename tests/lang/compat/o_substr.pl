# the specification, section 7.4: a short program
print substr("abcdef", 2), substr("abcdef", -2), substr("abcdef", 1, 2), substr("abcdef", 1, -2), substr("abcdef", -3, 2), "\n";
