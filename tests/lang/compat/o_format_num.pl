# the specification, section 7.4: a short program
my @n = (1234.5, 0.001, -17); print join(" ", map { sprintf "%8.2f", $_ } @n), "\n";
