# the specification, section 7.4: a short program
my @a = ({ n => 1 }, { n => 2 }); print join(",", map { $_->{n} } grep { $_->{n} > 1 } @a), " ", $a[-1]{n}, " ", scalar(@a), "\n"; my ($f) = map { $_->{n} } @a; print "$f\n";
