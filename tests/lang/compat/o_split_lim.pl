# the specification, section 7.4: a short program
print join("|", split(/,/, "a,b,c,,,")), " ", scalar(my @x = split(/,/, "a,b,,,", -1)), " ", join("|", split(/,/, "a,b,c,d", 2)), "\n";
