# the specification, section 7.4: a short program
my $x = 5; for my $x (1 .. 2) { } print "$x\n"; for ($x = 0; $x < 3; $x++) { } print "$x\n"; our $g = 9; for $g (1 .. 3) { } print "$g\n";
