# the specification, section 7.4: a short program
sub f { my $n = shift; $n <= 1 ? 1 : $n * f($n - 1) } print f(10), " ", f(20), " ", f(25), "\n";
