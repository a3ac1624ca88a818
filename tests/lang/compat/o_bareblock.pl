# the specification, section 7.4: a short program
{ print "a"; last; print "b"; } print "c\n";
