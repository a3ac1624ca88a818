# the specification, section 7.4: a short program
my $s = "a,b,c"; print $s =~ tr/,//, " ", $s =~ tr/a-c//c, " ", $s =~ tr/a-c/A-C/r, "\n";
