# the specification, section 7.4: a short program
my ($x, $y); print defined $x ? 1 : 0; $x = 5; undef $x; print defined $x ? 1 : 0; my @a = (1, undef, 3); print scalar(@a), defined $a[1] ? 1 : 0; undef @a; print scalar(@a), "\n";
