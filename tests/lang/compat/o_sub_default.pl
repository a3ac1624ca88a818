# the specification, section 7.4: a short program
sub f { my $x = shift // "d"; my $y = @_ ? shift : "e"; "$x$y" } print f(), f(1), f(1, 2), "\n";
