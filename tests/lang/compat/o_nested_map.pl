# the specification, section 7.4: a short program
print join(";", map { my $r = $_; join(",", map { $r * $_ } 1 .. 3) } 1 .. 3), "\n";
