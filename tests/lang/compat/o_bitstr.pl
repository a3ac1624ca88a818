# the specification, section 7.4: a short program
print "AB" | "  ", " ", "ab" & "_~", " ", "ab" ^ "AB" eq "  " ? "sp" : "no", "\n";
