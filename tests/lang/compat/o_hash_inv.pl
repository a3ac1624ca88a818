# the specification, section 7.4: a short program
my %h = (a => 1, b => 2); my %r = reverse %h; print "$r{1}$r{2}\n";
