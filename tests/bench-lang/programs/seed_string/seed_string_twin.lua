-- One character appended, half a million times; other constants, one more step.
local pieces, n = {}, 0
for i = 0, 450000 - 1 do
    n = n + 1
    pieces[n] = "y"
    if i % 8 == 0 then
        n = n + 1
        pieces[n] = "z"
    end
end
local text = table.concat(pieces)
print(#text)
