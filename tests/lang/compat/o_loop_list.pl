# the specification, section 7.4: a short program
for my $x (1, "a", 2.5) { print "$x "; } print "\n"; print "$_ " foreach reverse 1 .. 3; print "\n";
