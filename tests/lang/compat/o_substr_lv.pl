# the specification, section 7.4: a short program
my $s = "abcdef"; substr($s, 0, 1) = "XX"; substr($s, -1) = ""; print "$s\n"; my $r = \substr($s, 1, 1); $$r = "-"; print "$s\n";
