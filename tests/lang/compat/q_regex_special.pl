# the specification, section 7.4: a short program
print join("|", map { quotemeta } '.', '*', 'a', '_', '-'), " ", "a.b" =~ /^a\.b$/ ? 1 : 0, " ", "a+b" =~ /^\Qa+b\E$/ ? 1 : 0, "\n";
