-- A hundred thousand numbers as keys, then all values summed; other constants, one more step.
local map = {}
for i = 0, 110000 - 1 do
    map[tostring(i)] = i * 3 + 1
end
local sum = 0
for key in pairs(map) do
    sum = sum + map[key]
end
print(string.format("%d", sum))
