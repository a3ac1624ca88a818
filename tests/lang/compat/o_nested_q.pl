# the specification, section 7.4: a short program
my %d = ("it's" => { q{a} => [qw(x y)] }); print $d{"it's"}{a}[1], "\n";
