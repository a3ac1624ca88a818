# the specification, section 7.4: a short program
my $x = [1]; my $y = $x; print $x == $y ? 1 : 0, $x == [1] ? 1 : 0, "\n";
