-- Floating point in a loop: a logistic map and a weighted sum; other constants, one more step.
local function run(n)
    local x = 0.25
    local sum = 0
    for i = 1, n do
        x = 3.875 * x * (1 - x)
        sum = sum + (x / i - 0.5 * x)
    end
    return sum
end
print(string.format("%.6f", run(3500000)))
