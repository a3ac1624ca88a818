-- One character appended, half a million times.
local pieces, n = {}, 0
for i = 0, 500000 - 1 do
    n = n + 1
    pieces[n] = "x"
end
local text = table.concat(pieces)
print(#text)
