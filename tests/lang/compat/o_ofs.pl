# the specification, section 7.4: a short program
$, = "-"; $\ = "!\n"; print 1, 2, 3; print "x";
