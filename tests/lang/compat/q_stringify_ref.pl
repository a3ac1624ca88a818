# the specification, section 7.4: a short program
my $r = [1]; my $s = "$r"; print $s =~ /^ARRAY\(0x[0-9a-f]+\)$/ ? 1 : 0, \&f =~ /^CODE/ ? 1 : 0, {} =~ /^HASH/ ? 1 : 0, "\n"; sub f { }
