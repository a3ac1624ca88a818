# the specification, section 7.4: a short program
my $s = "9"; $s++; my $t = "a"; $t++; my $u = "Zz"; $u++; my $v = "3.5"; $v++; my $w = ""; $w++; print "$s $t $u $v $w\n";
