# the specification, section 7.4: a short program
print "foobar" =~ s/foo\Kbar/X/r, "\n";
