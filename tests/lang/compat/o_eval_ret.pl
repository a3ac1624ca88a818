# the specification, section 7.4: a short program
sub f { my $r = eval { return 5; }; return "after $r" } print f(), "\n";
