# the specification, section 7.4: a short program
print join("-", split //, "abc"), " ", join("-", split(//, "abcd", 2)), "\n";
