-- Records sorted by two fields; other constants, one more step.
local people = {}
local seed = 7
for i = 1, 50000 do
    seed = (seed * 3877 + 29573) % 139968
    people[i] = { name = "n" .. seed % 997 .. "-" .. i, score = seed % 211 }
end
table.sort(people, function(a, b)
    if a.score ~= b.score then return a.score > b.score end
    if #a.name ~= #b.name then return #a.name < #b.name end
    return a.name < b.name
end)
local sum = 0
for i = 1, #people do sum = (sum + i * people[i].score) % 1000003 end
print(string.format("%s %s %s %d", people[1].name, people[2].name, people[#people].name, sum))
