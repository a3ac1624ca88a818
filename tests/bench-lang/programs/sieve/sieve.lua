-- Primes by crossing out.
local function sieve(n)
    local composite = {}
    for i = 1, n do composite[i] = false end
    local found, sum = 0, 0
    for i = 2, n do
        if not composite[i] then
            found = found + 1
            sum = (sum + i) % 1000003
            for j = i * i, n, i do composite[j] = true end
        end
    end
    return string.format("%d %d", found, sum)
end
print(sieve(1500000))
