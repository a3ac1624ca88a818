# the specification, section 7.4: a short program
my @a; $a[3] = 1; print scalar(@a), " ", join(",", map { defined $_ ? $_ : "u" } @a), "\n";
