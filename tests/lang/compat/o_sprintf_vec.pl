# the specification, section 7.4: a short program
printf "%vd %s\n", "1.22.333", sprintf("%vd", "ABC");
