# the specification, section 7.4: a short program
my $i = 0; until ($i >= 3) { print $i++; } print "\n";
