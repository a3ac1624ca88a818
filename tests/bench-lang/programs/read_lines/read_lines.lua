-- A file of 50 MB, line by line.
local lines, length, found = 0, 0, 0
for line in io.lines(arg[1]) do
    lines = lines + 1
    length = length + #line
    if line:find("value", 1, true) then found = found + 1 end
end
print(string.format("%d %d %d", lines, length, found))
