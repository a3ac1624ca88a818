// Naive recursion with a parameter; other constants, one more step.
function fib(n) {
    if (n < 3) return 1;
    return fib(n - 1) + fib(n - 2) + 1;
}
console.log(fib(29));
