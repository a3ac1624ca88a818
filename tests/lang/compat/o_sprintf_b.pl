# the specification, section 7.4: a short program
printf "%08b %s %o\n", 37, sprintf("%b", 10), 64;
