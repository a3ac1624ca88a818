# the specification, section 7.4: a short program
my $s = "a" . 1 + 2; print "$s\n";
