-- Dates, addresses and words found in the lines of a file; other constants, one more step.
local days, words = 0, 0
local month, host = {}, {}
local domains = { com = true, org = true, net = true }
for line in io.lines(arg[1]) do
    local y, m, d = line:match("(%d%d%d%d)%-(%d%d)%-(%d%d)")
    if y then
        days = days + d + y
        month[m] = (month[m] or 0) + 1
    end
    for _, name, domain in line:gmatch("([%w_]+)@([%w_]+)%.(%l+)") do
        if domains[domain] then
            local full = name .. "." .. domain
            host[full] = (host[full] or 0) + 1
        end
    end
    for _ in line:gmatch("%f[%w_]%u[%w_]+ers%f[^%w_]") do words = words + 1 end
    if line:find("%f[%w_]value%f[^%w_]") then words = words + 3 end
end
local function shown(counts)
    local list = {}
    for key, count in pairs(counts) do list[#list + 1] = key .. "=" .. count end
    table.sort(list)
    return table.concat(list, " ")
end
print(string.format("%d %d %s %s", days, words, shown(month), shown(host)))
