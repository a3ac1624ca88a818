# the specification, section 7.4: a short program
sub f { wantarray } my @x = (f())[0]; my $y = f(); print "@x [", $y, "]\n";
