# the specification, section 7.4: a short program
(my $s = "Hello 123") =~ tr/a-zA-Z0-9//cd; (my $t = "abc") =~ tr/a-c/1-3/; (my $u = "a/b") =~ tr{/}{:}; my $cnt = ($s =~ tr/0-9//); print "$s $t $u $cnt\n"; (my $v = "hello") =~ tr/a-z/A-C/; print "$v\n";
