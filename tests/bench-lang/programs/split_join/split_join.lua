-- Lines taken apart and put together again.
local total, last = 0, ""
for i = 1, 200000 do
    local line = "alpha,beta,gamma," .. i .. ",delta,epsilon,eta,theta"
    local fields = {}
    for field in line:gmatch("[^,]+") do fields[#fields + 1] = field end
    fields[4] = "<" .. fields[4] .. ">"
    local reversed, n = {}, #fields
    for k = 1, n do reversed[k] = fields[n + 1 - k] end
    last = table.concat(reversed, ";")
    total = total + #last
end
print(string.format("%d %s", total, last))
