# the specification, section 7.4: a short program
printf "%+d %+d % d %05.1f %#x %#o %#b\n", 5, -5, 7, 2.55, 255, 8, 5;
