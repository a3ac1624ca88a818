# the specification, section 7.4: a short program
unless (0) { print "a" } else { print "b" } print "c" unless 1; print "d\n" if !0;
