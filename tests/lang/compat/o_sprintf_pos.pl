# the specification, section 7.4: a short program
printf "%2\$s %1\$s\n", "world", "hello";
