# the specification, section 7.4: a short program
sub l { my @r = (7, 8, 9); return @r } my $x = l(); my ($y) = l(); print "$x $y\n";
