# the specification, section 7.4: a short program
eval { eval { die "in\n" }; print "got $@"; die "out\n" }; print "got $@";
