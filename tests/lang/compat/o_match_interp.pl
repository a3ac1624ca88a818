# the specification, section 7.4: a short program
my $w = "a.c"; print "abc" =~ /^$w$/ ? 1 : 0, "abc" =~ /^\Q$w\E$/ ? 1 : 0, "\n";
