# the specification, section 7.4: a short program
my $x = my $y = 5; ($x += 2) *= 3; print "$x $y\n"; if ((my $n = 3) > 2) { print "$n\n"; }
