-- Words of a file, counted, the most frequent shown; other constants, one more step.
local count, words = {}, {}
for line in io.lines(arg[1]) do
    for word in line:lower():gmatch("%l+") do
        if #word >= 3 then
            local before = count[word]
            if not before then words[#words + 1] = word end
            count[word] = (before or 0) + 1
        end
    end
end
table.sort(words, function(a, b)
    if count[a] ~= count[b] then return count[a] > count[b] end
    return a < b
end)
for i = 1, 15 do print(words[i] .. " " .. count[words[i]]) end
