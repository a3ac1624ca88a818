# the specification, section 7.4: a short program
my %d = (add => sub { $_[0] + $_[1] }, mul => sub { $_[0] * $_[1] }); print $d{add}->(2, 3), $d{mul}(2, 3), &{ $d{add} }(1, 1), "\n";
