# the specification, section 7.4: a short program
my %h = (a => 1, a => 2, b => 3); print scalar(keys %h), $h{a}, "\n"; my %m = (%h, b => 9, c => 1); print join(",", map { "$_$m{$_}" } sort keys %m), "\n";
