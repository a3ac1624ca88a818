# the specification, section 7.4: a short program
sub f { my $a1 = shift; my $b1 = shift || "def"; "$a1$b1" } print f("x"), f("x", "y"), "\n"; sub g { my ($self, %o) = (shift, a => 1, @_); join ",", map { "$_$o{$_}" } sort keys %o } print g(0, b => 2), "\n";
