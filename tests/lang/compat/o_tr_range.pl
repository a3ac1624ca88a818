# the specification, section 7.4: a short program
(my $s = "Hello") =~ tr/a-zA-Z/n-za-mN-ZA-M/; print "$s\n";
