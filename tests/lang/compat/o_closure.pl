# the specification, section 7.4: a short program
my @f; for my $i (1 .. 3) { push @f, sub { $i * 10 } } print join(",", map { $_->() } @f), "\n";
