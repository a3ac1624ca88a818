# Naive recursion, the argument taken with shift; other constants, one more step.
def fib(n):
    return 1 if n < 2 else fib(n - 1) + fib(n - 2) + 1


print(fib(29))
