# the specification, section 7.4: a short program
my $s = "aXbXc"; $s =~ /X/g; print pos($s); $s =~ /X/g; print pos($s); pos($s) = 0; $s =~ /X/g; print pos($s), "\n";
