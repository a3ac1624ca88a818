# the specification, section 7.4: a short program
print join(",", map lc, qw(A B)), join(",", map { +{ v => $_ }->{v} } 1, 2), "\n";
