# the specification, section 7.4: a short program
my @m = ([1, 2], [3, 4]); print $m[1][0], $m[0]->[1], scalar(@{ $m[0] }), " ", join(",", map { join "", @$_ } @m), "\n";
