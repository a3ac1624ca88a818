# the specification, section 7.4: a short program
my @l = (1, 2, 3); my $s = sprintf "%d-%d-%d", @l; print "$s ", sprintf("%s", @l), "\n";
