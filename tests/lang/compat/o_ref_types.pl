# the specification, section 7.4: a short program
print join(",", map { ref } \1, [], {}, sub { }, \\1, qr/x/, \*STDOUT), "\n";
