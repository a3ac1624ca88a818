# the specification, section 7.4: a short program
(my $s = "hello") =~ tr/a-y/b-z/; print "$s\n"; ($s = "bookkeeper") =~ tr/a-zA-Z//s; print "$s\n";
