# the specification, section 7.4: a short program
my %h; @h{qw(a b c)} = 1 .. 3; print join(",", map { "$_$h{$_}" } sort keys %h), " @h{'a','c'}\n";
