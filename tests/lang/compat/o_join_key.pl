# the specification, section 7.4: a short program
my %h = (x => 1); print "$h{x}$h{'x'}", join(",", %h), "\n";
