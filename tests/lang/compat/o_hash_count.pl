# the specification, section 7.4: a short program
my %c; $c{$_}++ for split //, "mississippi"; print join("", map { "$_$c{$_}" } sort keys %c), "\n";
