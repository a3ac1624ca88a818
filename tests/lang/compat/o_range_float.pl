# the specification, section 7.4: a short program
print join(",", 1.9 .. 4.2), "\n";
