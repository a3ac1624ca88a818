# the specification, section 7.4: a short program
END { print "bye\n" } print "hi\n"; exit 0;
