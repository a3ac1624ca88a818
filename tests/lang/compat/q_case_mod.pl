# the specification, section 7.4: a short program
(my $s = "hello world") =~ s/(\w+)/\u\L$1/g; print "$s\n"; (my $t = "SHOUT it") =~ s/([A-Z]+)/\L$1/; print "$t\n"; print "camelCaseName" =~ s/([A-Z])/_\l$1/gr, " ", "snake_case_x" =~ s/_(\w)/\U$1/gr, "\n";
