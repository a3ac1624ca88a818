-- Texts put together from pieces; other constants, one more step.
local total, size = 0, 0
local pieces, n = {}, 0
local function add(piece)
    n = n + 1
    pieces[n] = piece
    size = size + #piece
end
for i = 1, 1800000 do
    add("item ")
    add(tostring(i))
    add("; ")
    if i % 3 == 0 then add(".") end
    if size > 6000 then
        total = total + #table.concat(pieces, "", 1, n)
        n, size = 0, 0
    end
end
print(string.format("%d", total + #table.concat(pieces, "", 1, n)))
