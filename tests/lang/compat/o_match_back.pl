# the specification, section 7.4: a short program
print join(" ", grep { /(.)\1/ } qw(book cat hill dog)), " ", "abab" =~ /^(ab)\1$/ ? 1 : 0, "\n";
