# the specification, section 7.4: a short program
"hello world" =~ /o w/; print "[$`|$&|$']\n";
