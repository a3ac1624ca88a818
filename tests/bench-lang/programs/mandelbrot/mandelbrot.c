// Points inside the set, and the steps of all.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static void mandelbrot(int size, int limit, int64_t *inside, int64_t *steps) {
    *inside = 0;
    *steps = 0;
    for (int row = 0; row < size; row++) {
        double ci = 2.0 * row / size - 1;
        for (int column = 0; column < size; column++) {
            double cr = 2.0 * column / size - 1.5;
            double zr = 0, zi = 0;
            int n = 0;
            while (n < limit && zr * zr + zi * zi <= 4) {
                double next = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = next;
                n++;
            }
            if (n == limit) ++*inside;
            *steps += n;
        }
    }
}

int main(void) {
    int64_t inside, steps;
    mandelbrot(160, 100, &inside, &steps);
    printf("%" PRId64 " %" PRId64 "\n", inside, steps);
    return 0;
}
