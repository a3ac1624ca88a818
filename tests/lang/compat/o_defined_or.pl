# the specification, section 7.4: a short program
my %h = (a => 0); print $h{a} // "u", $h{b} // "u", $h{a} || "z", "\n";
