# the specification, section 7.4: a short program
our $i = "g"; for $i (1 .. 2) { print $i; } print "$i\n";
