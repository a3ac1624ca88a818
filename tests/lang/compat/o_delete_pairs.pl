# the specification, section 7.4: `delete` of keys with values
my %h = (a => 1, b => 2, c => 3, d => 4);
my %gone = delete %h{qw(a b x)}; print join(',', map { "$_=" . ($gone{$_} // 'undef') } sort keys %gone), "\n";
print join(',', sort keys %h), "\n"; my $last = delete %h{qw(c d)}; print "$last ", scalar(keys %h), "\n";
my @a = (10 .. 15); my @pairs = delete %a[1, 4]; print "@pairs\n", join(',', map { $_ // 'undef' } @a), "\n";
my $r = { p => 1, q => 2 }; my @got = delete $r->%{'p'}; print "@got ", keys %$r, "\n";
my ($i, @keys) = (0, 'a' .. 'c'); my %all = (a => 1, b => 2, c => 3); my @k = delete %all{$keys[$i++], $keys[$i++]}; print "@k $i\n";
