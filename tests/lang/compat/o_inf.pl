# the specification, section 7.4: a short program
my $i = 9**9**9; my $n = $i - $i; print $i, " ", -$i, " ", $n, " ", $n == $n ? 1 : 0, " ", $i == $i ? 1 : 0, "\n";
