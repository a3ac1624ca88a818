-- Push, sort and sum of numbers in no order.
local numbers = {}
local seed = 42
for _ = 1, 600000 do
    seed = (seed * 3877 + 29573) % 139968
    numbers[#numbers + 1] = seed
end
table.sort(numbers)
local sum = 0
for _, n in ipairs(numbers) do sum = sum + n end
local weighted = 0
for i = 1, #numbers do weighted = weighted + numbers[i] * ((i - 1) % 7) end
print(string.format("%d %d %d %d", numbers[1], numbers[#numbers], sum, weighted))
