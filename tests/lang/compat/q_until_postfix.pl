# the specification, section 7.4: a short program
my @s = (1 .. 5); pop @s until @s < 3; print "@s\n"; my $n = 3; print $n-- while $n; print "\n"; print "$_;" for map { $_ * $_ } 1 .. 3; print "\n";
