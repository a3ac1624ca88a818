# the specification, section 7.4: a short program
my @a = (3, 1, 2); my ($min) = sort { $a <=> $b } @a; print $min, " ", "@a[grep { $_ % 2 == 0 } 0 .. $#a]", " ", join(",", map { $a[$_] + $_ } 0 .. $#a), "\n";
