# the specification, section 7.4: a short program
my $x = 1; { my $x = 2; { my $x = 3; print $x; } print $x; } print "$x\n";
