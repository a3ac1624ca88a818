# the specification, section 7.4: a short program
$_ = "out"; { local $_ = "in"; print; } print "$_\n";
