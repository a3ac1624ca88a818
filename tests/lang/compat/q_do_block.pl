# the specification, section 7.4: a short program
my $v = do { my $t = 3; $t * 2 }; my @l = do { (1, 2, 3) }; my $c = do { 1; 2; 3 }; print "$v @l $c\n"; print do { local $_ = "abc"; tr/a-c/x-z/; $_ }, "\n";
