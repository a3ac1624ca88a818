// A counter added to a sum, five million times.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

int main(void) {
    int64_t sum = 0;
    for (int64_t i = 0; i < 5000000; i++) {
        sum += i;
    }
    printf("%" PRId64 "\n", sum);
    return 0;
}
