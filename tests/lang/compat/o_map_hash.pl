# the specification, section 7.4: a short program
my %h = map { $_ => length } qw(one three); print join(",", map { "$_:$h{$_}" } sort keys %h), "\n";
