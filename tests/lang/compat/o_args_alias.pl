# the specification, section 7.4: a short program
sub inc { $_[0]++ } my $x = 1; inc($x); print "$x\n";
