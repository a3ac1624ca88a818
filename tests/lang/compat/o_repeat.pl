# the specification, section 7.4: a short program
print "-" x 5, "=" x 0, "ab" x 2.7, "z" x -1, "\n";
