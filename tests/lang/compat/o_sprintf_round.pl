# the specification, section 7.4: a short program
printf "%.0f %.0f %.0f %.1f\n", 0.5, 1.5, 2.5, 0.25;
