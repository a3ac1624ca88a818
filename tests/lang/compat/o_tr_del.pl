# the specification, section 7.4: a short program
(my $s = "a-b-c") =~ tr/-//d; (my $t = "aabbcc") =~ tr/a-c//s; (my $u = "abc123") =~ tr/a-z//cd; print "$s $t $u\n";
