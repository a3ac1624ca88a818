# Naive recursion, the argument taken with shift.
sub Fib::of {
    my $n = shift;
    return $n < 2 ? $n : Fib::of($n - 1) + Fib::of($n - 2);
}
print Fib::of(30), "\n";
