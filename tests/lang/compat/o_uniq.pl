# the specification, section 7.4: a short program
my %s; print join(",", grep { !$s{$_}++ } qw(a b a c b)), "\n";
