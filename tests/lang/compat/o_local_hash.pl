# the specification, section 7.4: a short program
our %h = (a => 1); { local $h{a} = 2; local $h{b} = 3; print join(",", map { "$_$h{$_}" } sort keys %h), ";"; } print join(",", map { "$_$h{$_}" } sort keys %h), "\n";
