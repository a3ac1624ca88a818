# the specification, section 7.4: a short program
my %t = (a => \&fa, b => sub { "b@_" }); sub fa { "a@_" } print map({ $t{$_}->($_) } sort keys %t), "\n";
