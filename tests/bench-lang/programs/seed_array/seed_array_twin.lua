-- Half a million numbers pushed and sorted; other constants, one more step.
local numbers = {}
for i = 0, 450000 - 1 do
    numbers[#numbers + 1] = (i * 7907 + 13) % 1000003
end
table.sort(numbers)
print(string.format("%d %d", numbers[1], numbers[#numbers]))
