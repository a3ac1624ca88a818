# the specification, section 7.4: a short program
my $n = () = (5, 6, 7); my ($f, @r) = (1, 2, 3); print "$n $f @r\n";
