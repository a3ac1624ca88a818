# the specification, section 7.4: a short program
print -9223372036854775808, " ", -9223372036854775807 - 2, "\n";
