# the specification, section 7.4: a short program
my $s = "aaa"; my $n = $s =~ s/a/b/g; my $z = $s =~ s/q/r/; print "$n [$z] $s\n";
