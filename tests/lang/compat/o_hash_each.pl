# the specification, section 7.4: a short program
my %h = (k => 9); while (my ($k, $v) = each %h) { print "$k=$v\n"; }
