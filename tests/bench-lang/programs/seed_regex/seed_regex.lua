-- Two words at the end of a sentence, matched a hundred thousand times.
local text = "the quick brown fox jumps over the lazy dog"
local count = 0
for _ = 1, 100000 do
    local first, second = text:match("(%w+)%s+(%w+)$")
    if first then
        count = count + 1
    end
end
print(count)
