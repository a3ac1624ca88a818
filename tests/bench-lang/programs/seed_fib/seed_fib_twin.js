// Naive recursion, the argument taken with shift; other constants, one more step.
function fib(n) {
    return n < 2 ? 1 : fib(n - 1) + fib(n - 2) + 1;
}
console.log(fib(29));
