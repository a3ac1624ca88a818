# One short line; other constants, one more step.
print "fine\n";
print 2 * 3, "\n";
