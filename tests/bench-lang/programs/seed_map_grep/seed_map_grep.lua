-- Half a million numbers doubled and filtered.
local doubled = {}
for i = 1, 500000 do doubled[i] = i * 2 end
local kept = {}
for _, n in ipairs(doubled) do
    if n % 3 == 0 then kept[#kept + 1] = n end
end
print(#kept)
