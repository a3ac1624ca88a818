# the specification, section 7.4: a short program
my $s = "1234567"; 1 while $s =~ s/^(\d+)(\d{3})/$1,$2/; print "$s\n";
