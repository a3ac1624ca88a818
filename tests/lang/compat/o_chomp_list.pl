# the specification, section 7.4: a short program
my @l = ("a\n", "b", "c\n"); my $n = chomp @l; print "$n @l\n";
