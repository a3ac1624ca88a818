# the specification, section 7.4: a short program
my $op = "+"; my $r = eval "3 $op 4"; print "$r\n"; for my $o ("*", "-", "**") { print eval("2 $o 3"), " "; } print "\n";
