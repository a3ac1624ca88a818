# the specification, section 7.4: a short program
printf "[%5s|%-5s|%.3s|%05s]\n", "ab", "ab", "abcdef", "x";
