# the specification, section 7.4: a short program
printf "%x %d\n", -1, -3.99;
