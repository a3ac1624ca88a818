# the specification, section 7.4: a short program
my ($min, $max) = (sort { $a <=> $b } 5, 3, 9)[0, -1]; print "$min $max\n";
