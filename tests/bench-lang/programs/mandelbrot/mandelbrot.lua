-- Points inside the set, and the steps of all.
local function mandelbrot(size, limit)
    local inside, steps = 0, 0
    for row = 0, size - 1 do
        local ci = 2 * row / size - 1
        for column = 0, size - 1 do
            local cr = 2 * column / size - 1.5
            local zr, zi, n = 0, 0, 0
            while n < limit and zr * zr + zi * zi <= 4 do
                zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
                n = n + 1
            end
            if n == limit then inside = inside + 1 end
            steps = steps + n
        end
    end
    return inside, steps
end
local inside, steps = mandelbrot(160, 100)
print(string.format("%d %d", inside, steps))
