# the specification, section 7.4: a short program
sub fib { my $n = shift; $n < 2 ? $n : fib($n - 1) + fib($n - 2) } print join(",", map { fib($_) } 0 .. 12), "\n";
