// Whole numbers, remainders and branches in a loop; other constants, one more step.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static int64_t run(int64_t n) {
    int64_t sum = 0;
    for (int64_t i = 1; i <= n; i++) {
        if (i % 4 == 0) {
            sum += i;
        } else if (i % 7 == 0) {
            sum += 2 * i;
        } else {
            sum -= 2;
        }
        sum %= 1000003;
        if (sum < 0) sum += 1000003;
    }
    return sum;
}

int main(void) {
    printf("%" PRId64 "\n", run(3000000));
    return 0;
}
