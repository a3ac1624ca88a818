# the specification, section 7.4: a short program
my @s = 1 .. 3; push @s, pop(@s) + pop(@s); print "@s\n"; unshift @s, shift(@s) * 10; print "@s\n"; my @c = @s; @c[0, -1] = @c[-1, 0]; print "@c|@s\n"; print "last $s[-1] $s[$#s] ", $#s, "\n";
