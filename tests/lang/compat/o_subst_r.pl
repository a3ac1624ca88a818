# the specification, section 7.4: a short program
print join(",", map { s/a/b/r } qw(cat bat)), "\n";
