# the specification, section 7.4: a short program
my $s = "  x y  "; $s =~ s/^\s+|\s+$//g; print "[$s]\n";
