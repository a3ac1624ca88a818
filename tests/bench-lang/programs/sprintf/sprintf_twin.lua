-- Numbers and texts formatted; other constants, one more step.
local total, last = 0, ""
for i = 1, 350000 do
    last = string.format("%06d|%-8s|%8.3f|%x|%+d", i, "n" .. i % 100, i / 9, i * 3, i - 100)
    total = total + #last
end
print(string.format("%d %s", total, last))
