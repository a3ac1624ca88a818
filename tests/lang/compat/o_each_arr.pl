# the specification, section 7.4: a short program
my @a = qw(x y); while (my ($i, $v) = each @a) { print "$i$v "; } print "\n";
