# What a function is given can be changed through the functions that it gives it to.
sub change { $_[0] = $_[1] }
my $x;
sub with_all { &change } with_all($x, 1); print "$x\n";
sub by_goto { goto &change } by_goto($x, 2); print "$x\n";
sub as_list { change(@_) } as_list($x, 3); print "$x\n";
sub as_elements { change($_[0], $_[1]) } as_elements($x, 4); print "$x\n";
sub as_copy { my ($y, $z) = @_; change($y, $z) } as_copy($x, 5); print "$x\n";
sub by_loop { $_ = 6 for @_ } by_loop($x); print "$x\n";
sub by_map { my @new = map { $_ = 7 } @_ } by_map($x); print "$x\n";
sub inner { sub { $_[0] = 8 }->(@_) } inner($x); print "$x\n";
