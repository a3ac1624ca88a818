# the specification, section 7.4: a short program
print eval "1 + 2 * 3", " ", eval { eval "die 'x'" ; 5 }, "\n"; eval "1 +* 2"; print $@ ? "syntax\n" : "none\n";
