# the specification, section 7.4: a short program
my $s = "aabbcc"; my @p; while ($s =~ /(\w)\1/g) { push @p, "$1" . pos($s) } print "@p\n"; pos($s) = 2; $s =~ /\G(..)/g and print "$1 ", pos $s, "\n"; $s =~ /(?:c)/g; print defined pos $s ? pos $s : "u", "\n";
