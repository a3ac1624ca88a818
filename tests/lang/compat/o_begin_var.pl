# the specification, section 7.4: a short program
our $x; BEGIN { $x = 5 } print "$x\n";
