# the specification, section 7.4: a short program
for (my ($i, $j) = (0, 5); $i < $j; $i++, $j--) { print "$i$j "; } print "\n";
