-- Chains of map and grep, summed.
local function map(list, f)
    local result = {}
    for i = 1, #list do result[i] = f(list[i]) end
    return result
end
local function grep(list, f)
    local result, n = {}, 0
    for i = 1, #list do
        if f(list[i]) then
            n = n + 1
            result[n] = list[i]
        end
    end
    return result
end
local total = 0
for round = 1, 20 do
    local list = {}
    for i = 1, 100000 do list[i] = i end
    list = map(list, function(n) return n * 3 + round end)
    list = grep(list, function(n) return n % 4 == 1 end)
    list = map(list, function(n) return n * n % 1009 end)
    for i = 1, #list do total = total + list[i] end
end
print(string.format("%d", total))
