# the specification, section 7.4: a short program
my $x = (4, 5, 6)[1]; my ($l) = (7, 8)[1]; print "$x$l\n";
