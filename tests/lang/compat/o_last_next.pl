# the specification, section 7.4: a short program
for my $i (1 .. 10) { next if $i % 2; last if $i > 6; print $i; } print "\n";
