# the specification, section 7.4: a short program
my $s = "/a/b"; $s =~ s{/}{::}g; $s =~ s#b#c#; print "$s\n";
