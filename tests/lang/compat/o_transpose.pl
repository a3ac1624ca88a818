# the specification, section 7.4: a short program
my @m = ([1, 2, 3], [4, 5, 6]); my @t = map { my $c = $_; [map { $_->[$c] } @m] } 0 .. 2; print join("|", map { join ",", @$_ } @t), "\n";
