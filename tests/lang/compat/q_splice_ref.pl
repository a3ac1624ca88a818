# the specification, section 7.4: a short program
my $r = [1 .. 5]; splice @$r, 1, 2; print "@$r\n"; splice @{$r}, 1, 0, [7, 8]; print scalar(@$r), " $r->[1][1]\n";
