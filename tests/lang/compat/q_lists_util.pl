# the specification, section 7.4: a short program
my @n = (4, 8, 15); my ($s, $p) = (0, 1); $s += $_, $p *= $_ for @n; print "$s $p\n"; my ($min) = sort { $a <=> $b } @n; my $max = (sort { $b <=> $a } @n)[0]; print "$min $max ", $s / @n, "\n";
