# the specification, section 7.4: a short program
print join(" ", map { sprintf "%s", $_ } 1e5, 1e-5, 1.0, 1e20, 123456789012345678, 0.1 + 0.7, 1e15 / 3), "\n";
