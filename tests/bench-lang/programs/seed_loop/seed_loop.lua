-- A counter added to a sum, five million times.
local sum = 0
for i = 0, 5000000 - 1 do
    sum = sum + i
end
print(string.format("%d", sum))
