# the specification, section 7.4: a short program
print "HeLLo" =~ /^hello$/i ? 1 : 0, "a\nb" =~ /a.b/ ? 1 : 0, "a\nb" =~ /a.b/s ? 1 : 0, "a\nb" =~ /^b$/ ? 1 : 0, "a\nb" =~ /^b$/m ? 1 : 0, "\n";
