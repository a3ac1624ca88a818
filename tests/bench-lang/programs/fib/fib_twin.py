# Naive recursion with a parameter; other constants, one more step.
def fib(n):
    if n < 3:
        return 1
    return fib(n - 1) + fib(n - 2) + 1


print(fib(29))
