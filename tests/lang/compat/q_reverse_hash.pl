# the specification, section 7.4: a short program
my %h = (a => 1); my ($k) = %{ { reverse %h } }; print "$k\n";
