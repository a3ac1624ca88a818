-- Texts put together from pieces.
local total, size = 0, 0
local pieces, n = {}, 0
local function add(piece)
    n = n + 1
    pieces[n] = piece
    size = size + #piece
end
for i = 1, 2000000 do
    add("item ")
    add(tostring(i))
    add(", ")
    if size > 5000 then
        total = total + #table.concat(pieces, "", 1, n)
        n, size = 0, 0
    end
end
print(string.format("%d", total + #table.concat(pieces, "", 1, n)))
