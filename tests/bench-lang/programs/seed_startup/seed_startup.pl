# One short line.
print "ok\n";
