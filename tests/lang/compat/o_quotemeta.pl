# the specification, section 7.4: a short program
print quotemeta("a.b*c[d]"), " ", quotemeta("x_1"), "\n";
