# the specification, section 7.4: a short program
my %h = (a => { b => 0 }); print exists $h{a}{b} ? 1 : 0, exists $h{q} && exists $h{q}{r} ? 1 : 0, exists $h{q} ? 1 : 0, "\n";
