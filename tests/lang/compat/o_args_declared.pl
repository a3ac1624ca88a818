# the specification, section 7.4: variables that are declared among the arguments of a function that sets them
sub set { $_[0] = 5 unless defined $_[0]; $_[1] = 6 unless defined $_[1]; return 1 }
set(my $f, my $t, 'cat'); print defined $f ? 1:0, defined $t ? 1:0, "\n"; 
set(my $g, my $h, undef, 'cat'); print defined $g ? 1:0, defined $h ? 1:0, "\n"; 
my $r = set(my $i, my $j, undef, 'cat'); print defined $i ? 1:0, defined $j ? 1:0, "\n"; 
