# the specification, section 7.4: a short program
my $s = "xxabc"; $s =~ s/^x+//; print "$s ", $s =~ /^a/ ? "y" : "n", "\n";
