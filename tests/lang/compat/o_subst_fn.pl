# the specification, section 7.4: a short program
my %m = (a => 1); my $s = "a-b"; $s =~ s/(\w)/exists $m{$1} ? $m{$1} : "?"/ge; print "$s\n";
