# the specification, section 7.4: a short program
my $n = "john"; print "\u$n \U$n x\E $n \LABC\E \Qa.b\E\n";
