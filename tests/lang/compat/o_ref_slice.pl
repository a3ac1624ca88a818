# the specification, section 7.4: a short program
my $h = { a => 1, b => 2, c => 3 }; print join(",", @{$h}{qw(a c)}), join(",", @$h{qw(b)}), " ", join(",", (map { $_ } [5, 6, 7]->@[0, 2])), "\n";
