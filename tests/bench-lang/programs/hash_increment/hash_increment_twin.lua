-- Counts by text; other constants, one more step.
local seen = {}
local seed = 99
for _ = 1, 900000 do
    seed = (seed * 3877 + 29573) % 139968
    local key = "key" .. seed % 4001
    seen[key] = (seen[key] or 0) + 1
    seen.total = (seen.total or 0) + 1
end
local size, squares = 0, 0
for _, count in pairs(seen) do
    size = size + 1
    squares = squares + count * count
end
print(string.format("%d %d %d", size, squares, seen.key17))
