# the specification, section 7.4: a short program
my %h = map { $_ => length } qw(a bb ccc); my @big = grep { $h{$_} > 1 } sort keys %h; my ($k) = grep { $h{$_} == 1 } keys %h; print "@big $k ", join("", sort { $a <=> $b } values %h), " ", scalar(keys %h), "\n"; delete $h{a}; print exists $h{a} ? 1 : 0, join(",", sort keys %h), "\n";
