-- The largest singular value of an infinite matrix, approximated.
local function cell(i, j)
    return 1 / ((i + j) * (i + j + 1) / 2 + i + 1)
end

local function times(v)
    local n, result = #v, {}
    for i = 1, n do
        local sum = 0
        for j = 1, n do sum = sum + cell(i - 1, j - 1) * v[j] end
        result[i] = sum
    end
    return result
end

local function transposed_times(v)
    local n, result = #v, {}
    for i = 1, n do
        local sum = 0
        for j = 1, n do sum = sum + cell(j - 1, i - 1) * v[j] end
        result[i] = sum
    end
    return result
end

local function both(v) return transposed_times(times(v)) end

local u, v = {}, nil
for i = 1, 150 do u[i] = 1 end
for _ = 1, 10 do
    v = both(u)
    u = both(v)
end
local uv, vv = 0, 0
for i = 1, #u do
    uv = uv + u[i] * v[i]
    vv = vv + v[i] * v[i]
end
print(string.format("%.9f", math.sqrt(uv / vv)))
