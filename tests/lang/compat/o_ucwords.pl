# the specification, section 7.4: a short program
my $s = "the quick fox"; $s =~ s/(\w+)/\u$1/g; print "$s\n";
