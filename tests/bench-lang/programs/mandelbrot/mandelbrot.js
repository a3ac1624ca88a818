// Points inside the set, and the steps of all.
function mandelbrot(size, limit) {
    let inside = 0, steps = 0;
    for (let row = 0; row < size; row++) {
        const ci = 2 * row / size - 1;
        for (let column = 0; column < size; column++) {
            const cr = 2 * column / size - 1.5;
            let zr = 0, zi = 0, n = 0;
            while (n < limit && zr * zr + zi * zi <= 4) {
                const next = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = next;
                n++;
            }
            if (n === limit) inside++;
            steps += n;
        }
    }
    return [inside, steps];
}
console.log(mandelbrot(160, 100).join(" "));
