# the specification, section 7.4: a short program
sub l { return (7, 8, 9) } my $x = l(); my ($y) = l(); my $c = () = l(); print "$x $y $c\n";
