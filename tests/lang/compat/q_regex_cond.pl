# the specification, section 7.4: a short program
for my $s ("2024-01-02", "24-1-2", "x") { if (my ($y, $m, $d) = $s =~ /^(\d{4})-(\d\d)-(\d\d)$/) { print "$y/$m/$d " } else { print "no " } } print "\n";
