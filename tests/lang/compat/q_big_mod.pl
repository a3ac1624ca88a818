# the specification, section 7.4: a short program
print 2**40 % 7, " ", 1e15 % 1000, " ", 18446744073709551615 % 10, " ", -9223372036854775808 % 10, "\n";
