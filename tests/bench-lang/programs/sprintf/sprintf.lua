-- Numbers and texts formatted.
local total, last = 0, ""
for i = 1, 400000 do
    last = string.format("%05d|%-8s|%8.3f|%x", i, "n" .. i % 100, i / 7, i * 3)
    total = total + #last
end
print(string.format("%d %s", total, last))
