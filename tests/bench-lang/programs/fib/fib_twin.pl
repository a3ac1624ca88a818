# Naive recursion with a parameter; other constants, one more step.
sub fib {
    my ($n) = @_;
    return 1 if $n < 3;
    return fib($n - 1) + fib($n - 2) + 1;
}
print fib(29), "\n";
