-- Methods of blessed hashes, one overridden.
local Counter = {}
Counter.__index = Counter
function Counter.new(class, step)
    return setmetatable({ total = 0, step = step }, class)
end
function Counter:bump(n)
    self.total = (self.total + self.step * n) % 1000003
    return self
end
function Counter:value()
    return self.total
end

local Doubler = setmetatable({}, { __index = Counter })
Doubler.__index = Doubler
function Doubler:bump(n)
    return Counter.bump(self, 2 * n)
end

local counters = { Counter.new(Counter, 3), Counter.new(Doubler, 5), Counter.new(Counter, 11) }
local sum = 0
for i = 1, 150000 do
    for _, counter in ipairs(counters) do
        sum = sum + counter:bump(i):value()
    end
end
print(string.format("%d", sum))
