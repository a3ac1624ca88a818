# the specification, section 7.4: a short program
my %h; $h{a}{b}{c} = 1; push @{ $h{l} }, 1, 2; print join(",", sort keys %h), " ", scalar @{ $h{l} }, "\n";
