# the specification, section 7.4: a short program
my @p = (["b", 2], ["a", 2], ["c", 1]); print join(" ", map { $_->[0] } sort { $a->[1] <=> $b->[1] or $a->[0] cmp $b->[0] } @p), "\n";
