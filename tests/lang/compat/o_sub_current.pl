# the specification, section 7.4: a short program
use feature "current_sub"; my $f = sub { my $n = shift; $n < 2 ? 1 : $n * __SUB__->($n - 1) }; print $f->(6), "\n";
