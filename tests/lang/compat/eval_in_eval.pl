# A text that is evaluated evaluates another, and has a table of its own.
my $x = 1; my $a1 = "abc"; (my $c = $a1) =~ tr/a-c/x-z/; print "$c\n";
my $t = 'my $y = 2; my $u = q{my $z = $x . $y; print "in $z\n"}; eval $u; print $@; (my $d = "hello") =~ tr/a-y/b-z/; print "$d\n";';
$t .= " 1;"; eval $t; print $@;
