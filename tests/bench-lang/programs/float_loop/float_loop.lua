-- Floating point in a loop: a logistic map and a weighted sum.
local function run(n)
    local x = 0.5
    local sum = 0
    for i = 1, n do
        x = 3.75 * x * (1 - x)
        sum = sum + x / i
    end
    return sum
end
print(string.format("%.6f", run(4000000)))
