# the specification, section 7.4: a short program
sub outer { inner() } sub inner { (caller(1))[3] } print outer(), "\n";
