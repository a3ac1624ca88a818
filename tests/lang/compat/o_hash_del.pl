# the specification, section 7.4: a short program
my %h = (a => 1, b => 2, c => 3); my @d = delete @h{qw(a b)}; print "@d ", join(",", %h), "\n";
