# the specification, section 7.4: a short program
print join("|", split " ", "  a  b c "), "|", join("|", split(/ /, " a b")), "\n";
