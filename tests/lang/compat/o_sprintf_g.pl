# the specification, section 7.4: a short program
printf "%g %g %g %g\n", 0.0001, 1e15, 123456789, 0.00001;
