# the specification, section 7.4: a short program
my $x = "ab"; { no warnings; $x--; } print "$x\n";
