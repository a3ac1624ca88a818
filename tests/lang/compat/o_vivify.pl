# the specification, section 7.4: a short program
my $r; $r->{a}[2]{b} = 1; print ref $r, ref $r->{a}, scalar @{ $r->{a} }, exists $r->{x}{y} ? 1 : 0, exists $r->{x} ? 1 : 0, "\n";
