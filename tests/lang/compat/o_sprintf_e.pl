# the specification, section 7.4: a short program
printf "%e %.2e %E\n", 12345.678, 0.00123, 1;
