# the specification, section 7.4: a short program
printf "%d %s %u\n", 1e15, 1e15, 42;
