# the specification, section 7.4: a short program
my $i = 0; while ($i < 5) { next if $i == 2; print $i; } continue { $i++; } print "\n";
