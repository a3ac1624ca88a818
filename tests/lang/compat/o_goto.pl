# the specification, section 7.4: a short program
sub real { "real(@_)" } sub proxy { goto &real } print proxy(1, 2), "\n";
