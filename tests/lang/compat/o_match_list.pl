# the specification, section 7.4: a short program
my ($y, $m) = "2024-06" =~ /(\d+)-(\d+)/; my $c = () = "banana" =~ /a/g; print "$y $m $c\n";
