# the specification, section 7.4: a short program
my $i = 0; while (1) { $i++; next if $i < 3; last if $i > 4; print $i; } print " $i\n"; { local $_ = 3; while ($_) { $_--; } print; } print "\n";
