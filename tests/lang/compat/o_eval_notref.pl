# the specification, section 7.4: a short program
use strict; eval { my $x = "a"; my @y = @$x; }; print $@; eval { my $x; $x->m(); }; print $@; eval { my $h = {}; $h->[0] }; print $@;
