-- Whole numbers, remainders and branches in a loop; other constants, one more step.
local function run(n)
    local sum = 0
    for i = 1, n do
        if i % 4 == 0 then
            sum = sum + i
        elseif i % 7 == 0 then
            sum = sum + 2 * i
        else
            sum = sum - 2
        end
        sum = sum % 1000003
    end
    return sum
end
print(string.format("%d", run(3000000)))
