# the specification, section 7.4: a short program
sub l { return (1, 2, 3)[1, 2] } my @r = l(); my ($x) = l(); print "@r $x ", scalar(@{ [l()] }), "\n"; sub h { return (a => 1) } my %h = h(); print $h{a}, "\n"; sub e { return } print scalar(my @z = e()), "\n";
