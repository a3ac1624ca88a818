# the specification, section 7.4: a short program
sub f { my ($x, %o) = @_; "$x:" . join(",", map { "$_=$o{$_}" } sort keys %o) } print f(1, b => 2, a => 3), "\n";
