# the specification, section 7.4: a short program
print "aaa" =~ /a++a/ ? 1 : 0, "aaab" =~ /(?>a+)b/ ? 1 : 0, "\n";
