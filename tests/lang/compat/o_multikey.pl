# the specification, section 7.4: a short program
my %h; $h{1, 2} = "x"; my ($k) = keys %h; print join("|", split /$;/, $k), $h{1, 2}, "\n";
