# the specification, section 7.4: a short program
my $h = { b => 1, a => 2 }; for my $k (sort { $h->{$a} <=> $h->{$b} } keys %$h) { print "$k "; } print join(",", sort { $a <=> $b } values %$h), "\n";
