# the specification, section 7.4: a short program
my $s = "abc"; (my $t = $s) =~ s/b/X/; print "$s $t\n"; my ($m) = $s =~ /(.)$/; print "$m\n";
