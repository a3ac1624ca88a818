# the specification, section 7.4: a short program
my $s = "f(g(x))"; $s =~ s/(\w)\(/{$1:/g; print "$s\n";
