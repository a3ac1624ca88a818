# the specification, section 7.4: a short program
sub trim { for (@_) { s/^\s+//; s/\s+$// } } my ($p, $q) = (" a ", "b  "); trim($p, $q); print "[$p][$q]\n"; sub swap { @_[0, 1] = @_[1, 0] } my @a = (1, 2); swap(@a); print "@a\n";
