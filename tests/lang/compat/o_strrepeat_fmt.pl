# the specification, section 7.4: a short program
print "-" x 10 . "\n"; print "=" x 3, "+", "\n"; print "ab" . "c" x 3 . "\n";
