# the specification, section 7.4: a short program
for my $n (0 .. 2) { unless ($n) { print "zero " } elsif ($n == 1) { print "one " } else { print "many " } } print "\n";
