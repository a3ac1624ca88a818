# the specification, section 7.4: a short program
my @s = sort { ($a // 0) <=> ($b // 0) } (3, undef, 1); print join(",", map { defined ? $_ : "u" } @s), "\n";
