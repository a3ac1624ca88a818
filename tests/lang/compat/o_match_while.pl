# the specification, section 7.4: a short program
my $s = "k1v22k3"; while ($s =~ /([a-z])(\d+)/g) { print "$1:$2@", pos $s, " "; } print "\n";
