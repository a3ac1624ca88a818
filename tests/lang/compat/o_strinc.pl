# the specification, section 7.4: a short program
my @v = ("a9", "Zz", "zz", "zZ9", "az"); for (@v) { my $x = $_; $x++; print "$x "; } print "\n";
