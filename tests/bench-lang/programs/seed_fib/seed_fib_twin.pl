# Naive recursion, the argument taken with shift; other constants, one more step.
sub Fib::of {
    my $n = shift;
    return $n < 2 ? 1 : Fib::of($n - 1) + Fib::of($n - 2) + 1;
}
print Fib::of(29), "\n";
