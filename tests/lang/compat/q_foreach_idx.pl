# the specification, section 7.4: a short program
my @a = qw(a b c); for my $i (reverse 0 .. $#a) { print "$i$a[$i]" } print "\n"; for (my $i = 0; $i < @a; $i += 2) { print $a[$i] } print "\n";
