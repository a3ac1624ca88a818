# the specification, section 7.4: a short program
our @stack = (1, 2); sub depth { scalar @stack } sub inner { local @stack = (@stack, 3); depth() } print inner(), depth(), "\n"; our %cfg = (a => 1); sub with { local $cfg{a} = shift; $cfg{a} } print with(5), $cfg{a}, "\n";
