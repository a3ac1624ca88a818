# the specification, section 7.4: a short program
my %h = (k => [1, 2]); print "v: @{[ scalar @{ $h{k} } ]} $h{k}[0] $h{k}->[1] ${ $h{k} }[0]\n";
