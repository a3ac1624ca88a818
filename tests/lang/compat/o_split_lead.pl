# the specification, section 7.4: a short program
print join("|", split /,/, ",a,b"), " ", join("|", split(/(?=b)/, "abab")), "\n";
