# the specification, section 7.4: a short program
for my $n (5, 50, 500) { print $n < 10 ? "s" : $n < 100 ? "m" : "l"; } print "\n";
