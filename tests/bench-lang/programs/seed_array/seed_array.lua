-- Half a million numbers pushed and sorted.
local numbers = {}
for i = 0, 500000 - 1 do
    numbers[#numbers + 1] = i * 7919 % 1000003
end
table.sort(numbers)
print(string.format("%d %d", numbers[1], numbers[#numbers]))
