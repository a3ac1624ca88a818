-- A hundred thousand numbers as keys, then all values summed.
local map = {}
for i = 0, 100000 - 1 do
    map[tostring(i)] = i * 2
end
local sum = 0
for key in pairs(map) do
    sum = sum + map[key]
end
print(string.format("%d", sum))
