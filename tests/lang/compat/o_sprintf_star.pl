# the specification, section 7.4: a short program
printf "[%*d][%-*d][%.*f]\n", 6, 42, 6, 42, 2, 3.14159;
