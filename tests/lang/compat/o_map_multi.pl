# the specification, section 7.4: a short program
print join(",", map { ($_, $_ * 10) } 1 .. 3), "\n";
