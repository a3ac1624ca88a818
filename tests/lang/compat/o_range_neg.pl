# the specification, section 7.4: a short program
print join(",", -2 .. 2), "\n";
