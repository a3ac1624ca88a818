# the specification, section 7.4: a short program
my $n = 0; for my $i (1, 2) { $n++; redo if $n == 1; print "$i$n "; } print "\n";
