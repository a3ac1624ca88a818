# the specification, section 7.4: a short program
my $by = sub { $b cmp $a }; print join(" ", sort $by qw(a c b)), "\n";
