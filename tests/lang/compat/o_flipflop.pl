# the specification, section 7.4: a short program
for (1 .. 10) { print "$_ " if ($_ == 3) .. ($_ == 5); print "[$_]" if ($_ == 7) ... ($_ == 7); } print "\n";
