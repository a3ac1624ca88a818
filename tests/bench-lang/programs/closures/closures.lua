-- Functions made, kept and called: counters, adders, a composition.
local function counter(step)
    local n = 0
    return function()
        n = n + step
        return n
    end
end
local function adder(by) return function(x) return x + by end end
local function chain(f, g) return function(x) return f(g(x)) end end

local counters = {}
for i = 1, 10 do counters[i] = counter(i) end
local total = 0
for _ = 1, 60000 do
    for _, count in ipairs(counters) do total = total + count() end
end
local step = chain(adder(3), function(x) return x * 5 % 1009 end)
local x = 1
for i = 1, 200000 do
    x = step(x)
    local add = adder(i)
    total = total + add(x)
end
print(string.format("%d %d", total, x))
