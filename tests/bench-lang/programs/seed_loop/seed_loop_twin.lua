-- A counter added to a sum, five million times; other constants, one more step.
local sum = 0
for i = 0, 4500000 - 1 do
    sum = sum + i * 3
end
print(string.format("%d", sum))
