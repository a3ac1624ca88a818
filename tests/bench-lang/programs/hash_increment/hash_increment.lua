-- Counts by text.
local seen = {}
local seed = 42
for _ = 1, 1000000 do
    seed = (seed * 3877 + 29573) % 139968
    local key = "key" .. seed % 5003
    seen[key] = (seen[key] or 0) + 1
end
local size, squares = 0, 0
for _, count in pairs(seen) do
    size = size + 1
    squares = squares + count * count
end
print(string.format("%d %d %d", size, squares, seen.key17))
