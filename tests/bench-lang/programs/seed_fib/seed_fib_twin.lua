-- Naive recursion, the argument taken with shift; other constants, one more step.
local function fib(n)
    if n < 2 then return 1 end
    return fib(n - 1) + fib(n - 2) + 1
end
print(fib(29))
