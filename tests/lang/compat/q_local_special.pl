# the specification, section 7.4: a short program
{ local $| = 1; print "$|" } print "$|\n"; { local $, = ":"; local $\ = ";\n"; print 1, 2 } print "x\n"; { local $/ = undef; print defined $/ ? 1 : 0 } print length $/, "\n"; { local @ARGV = (1, 2); print scalar(@ARGV) } print scalar(@ARGV), "\n";
