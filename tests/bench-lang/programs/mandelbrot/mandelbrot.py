# Points inside the set, and the steps of all.
def mandelbrot(size, limit):
    inside = steps = 0
    for row in range(size):
        ci = 2 * row / size - 1
        for column in range(size):
            cr = 2 * column / size - 1.5
            zr = zi = 0.0
            n = 0
            while n < limit and zr * zr + zi * zi <= 4:
                zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
                n += 1
            if n == limit:
                inside += 1
            steps += n
    return inside, steps


print("%d %d" % mandelbrot(160, 100))
