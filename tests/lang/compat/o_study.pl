# the specification, section 7.4: a short program
my $s = "abc"; study $s; print $s =~ /b/ ? "yes\n" : "no\n";
