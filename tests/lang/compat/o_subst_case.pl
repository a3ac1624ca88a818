# the specification, section 7.4: a short program
my $s = "hello world"; $s =~ s/(\w+) (\w+)/\U$1\E \u$2/; print "$s\n";
