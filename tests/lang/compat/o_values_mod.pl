# the specification, section 7.4: a short program
my %h = (a => 1, b => 2); $_ *= 10 for values %h; print join(",", map { $h{$_} } sort keys %h), "\n";
