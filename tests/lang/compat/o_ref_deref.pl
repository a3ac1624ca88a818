# the specification, section 7.4: a short program
my @a = (1, 2); my $r = \@a; push @$r, 3; my $rr = \$r; print "@a $$r[0] ${$r}[1] $r->[2] $$rr->[0] $#$r $#{$r}\n";
