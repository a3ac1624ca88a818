# the specification, section 7.4: a short program
print 18446744073709551615, " ", 18446744073709551615 - 1, " ", 18446744073709551614 + 1, "\n";
