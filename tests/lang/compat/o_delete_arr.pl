# the specification, section 7.4: a short program
my @a = (1, 2, 3); delete $a[1]; print defined $a[1] ? 1 : 0, scalar(@a), exists $a[1] ? 1 : 0, "\n";
