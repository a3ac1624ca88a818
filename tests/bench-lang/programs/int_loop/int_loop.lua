-- Whole numbers, remainders and branches in a loop.
local function run(n)
    local sum = 0
    for i = 1, n do
        if i % 3 == 0 then
            sum = sum + i
        elseif i % 5 == 0 then
            sum = sum + 2 * i
        else
            sum = sum - 1
        end
    end
    return sum
end
print(string.format("%d", run(4000000)))
