# the specification, section 7.4: a short program
print join("|", join(",", 1, 2), join(",", 3)), "\n";
