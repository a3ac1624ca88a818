-- Matrices as arrays of arrays, multiplied.
local function make(n, a, b)
    local rows = {}
    for i = 0, n - 1 do
        local row = {}
        for j = 0, n - 1 do row[j + 1] = (i * a + j * b) % 11 + 0.5 end
        rows[i + 1] = row
    end
    return rows
end
local function product(p, q, n)
    local rows = {}
    for i = 1, n do
        local from, row = p[i], {}
        for j = 1, n do
            local sum = 0
            for k = 1, n do sum = sum + from[k] * q[k][j] end
            row[j] = sum
        end
        rows[i] = row
    end
    return rows
end
local n = 140
local r = product(make(n, 3, 7), make(n, 5, 2), n)
local trace, all = 0, 0
for i = 1, n do
    trace = trace + r[i][i]
    for _, cell in ipairs(r[i]) do all = all + cell end
end
print(string.format("%.2f %.2f", trace, all))
