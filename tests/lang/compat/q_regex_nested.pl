# the specification, section 7.4: a short program
my $s = "a(b(c)d)e"; my ($in) = $s =~ /\((.*)\)/; my ($mi) = $s =~ /\(([^()]*)\)/; print "$in $mi\n"; (my $t = $s) =~ s/[()]//g; print "$t\n";
