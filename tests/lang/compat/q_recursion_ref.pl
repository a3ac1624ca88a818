# the specification, section 7.4: a short program
my $walk; $walk = sub { my ($t, $d) = @_; return "" unless $t; $walk->($t->{l}, $d + 1) . "$t->{v}\@$d " . $walk->($t->{r}, $d + 1) }; print $walk->({ v => 2, l => { v => 1 }, r => { v => 3, r => { v => 4 } } }, 0), "\n";
