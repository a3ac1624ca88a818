# the specification, section 7.4: a short program
OUT: for my $i (1 .. 3) { for my $j (1 .. 3) { next OUT if $j == 2; last OUT if $i == 3; print "$i$j "; } } print "\n";
