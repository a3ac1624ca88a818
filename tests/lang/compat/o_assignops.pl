# the specification, section 7.4: a short program
my $x = 10; $x += 5; $x -= 3; $x *= 2; $x /= 4; $x **= 2; $x %= 7; $x .= "z"; $x x= 2; print "$x\n";
