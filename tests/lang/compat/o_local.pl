# the specification, section 7.4: a short program
our $x = 1; sub show { $x } sub t { local $x = 2; show() } print t(), show(), "\n";
