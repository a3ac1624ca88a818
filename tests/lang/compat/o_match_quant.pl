# the specification, section 7.4: a short program
print join("|", "aaa" =~ /^(a{2})(a*)$/), " ", "aaaa" =~ /^a{2,3}$/ ? 1 : 0, " ", "ab" =~ /^a?b$/ ? 1 : 0, "\n";
