-- Half a million numbers doubled and filtered; other constants, one more step.
local doubled = {}
for i = 1, 450000 do doubled[i] = i * 5 + 1 end
local kept = {}
for _, n in ipairs(doubled) do
    if n % 7 == 0 then kept[#kept + 1] = n end
end
print(#kept)
