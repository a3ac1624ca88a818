# the specification, section 7.4: a short program
my $r = []; my $t = $r; print $r == $t ? 1 : 0, $r + 0 > 0 ? 1 : 0, "\n";
