# the specification, section 7.4: a short program
my $i = 5; do { print $i } while ($i++ < 7); do { print "-$i" } until 1; print "\n";
