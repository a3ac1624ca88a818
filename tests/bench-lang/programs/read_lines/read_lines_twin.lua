-- A file of 50 MB, line by line; other constants, one more step.
local lines, length, found = 0, 0, 0
for line in io.lines(arg[1]) do
    lines = lines + 1
    length = length + #line
    if line:find("needle", 1, true) then found = found + 1 end
    if line:sub(1, 1) == "c" then found = found + 2 end
end
print(string.format("%d %d %d", lines, length, found))
