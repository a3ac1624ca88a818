-- Two words at the end of a sentence, matched a hundred thousand times; other constants, one more step.
local text = "the quick brown fox jumps over the sleeping cat"
local count = 0
for _ = 1, 110000 do
    local first, second = text:match("(%w+)%s+(%w+)$")
    if first then
        count = count + 1
        count = count + #first
    end
end
print(count)
