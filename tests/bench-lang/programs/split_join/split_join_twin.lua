-- Lines taken apart and put together again; other constants, one more step.
local total, last = 0, ""
for i = 1, 180000 do
    local line = "alpha,beta,gamma," .. i .. ",delta,zeta,eta,theta"
    local fields = {}
    for field in line:gmatch("[^,]+") do fields[#fields + 1] = field end
    fields[5] = "<" .. fields[4] .. ">"
    fields[#fields + 1] = i % 10
    local reversed, n = {}, #fields
    for k = 1, n do reversed[k] = fields[n + 1 - k] end
    last = table.concat(reversed, ":")
    total = total + #last
end
print(string.format("%d %s", total, last))
