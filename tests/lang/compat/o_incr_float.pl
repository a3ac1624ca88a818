# the specification, section 7.4: a short program
my $x = 1.5; $x++; print "$x "; $x = 9223372036854775807; $x++; print "$x\n";
