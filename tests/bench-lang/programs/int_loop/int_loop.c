// Whole numbers, remainders and branches in a loop.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static int64_t run(int64_t n) {
    int64_t sum = 0;
    for (int64_t i = 1; i <= n; i++) {
        if (i % 3 == 0) {
            sum += i;
        } else if (i % 5 == 0) {
            sum += 2 * i;
        } else {
            sum -= 1;
        }
    }
    return sum;
}

int main(void) {
    printf("%" PRId64 "\n", run(4000000));
    return 0;
}
