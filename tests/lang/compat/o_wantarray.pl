# the specification, section 7.4: a short program
sub c { return wantarray ? "l" : defined wantarray ? "s" : "v" } my ($a1) = c(); my $b1 = c(); print $a1, $b1, c(), scalar(c()), "\n";
