# the specification, section 7.4: a short program
printf "%s %s %s\n", 9**9**9, -9**9**9, -sin(9**9**9) == 0 ? "z" : "n";
