# the specification, section 7.4: a short program
sub cp { my $d = shift; ref $d eq "ARRAY" ? [map { cp($_) } @$d] : ref $d eq "HASH" ? { map { $_ => cp($d->{$_}) } keys %$d } : $d } my $x = { a => [1, { b => 2 }] }; my $y = cp($x); $y->{a}[1]{b} = 9; print $x->{a}[1]{b}, $y->{a}[1]{b}, "\n";
