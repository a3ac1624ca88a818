# the specification, section 7.4: a short program
my @a = (4, 5, 6); my $n = @a; my ($f) = @a; print "$n $f ", @a + 0, " ", "last=$a[-1]", " ", @a > 2 ? "big" : "small", "\n";
