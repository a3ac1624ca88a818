# the specification, section 7.4: a short program
my %h = (b => [3, 1], a => [2]); for my $k (sort keys %h) { print "$k:", join(",", sort { $a <=> $b } @{ $h{$k} }), ";" } print "\n";
