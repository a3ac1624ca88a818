# the specification, section 7.4: a short program
my %h = (a => 1, b => 2); my %k = %h{'a'}; print join("=", %k), "\n";
