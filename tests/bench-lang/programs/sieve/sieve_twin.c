// Primes by crossing out; other constants, one more step.
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define LIMIT 1400000

static bool composite[LIMIT + 1];

int main(void) {
    int64_t found = 0, sum = 0;
    for (int64_t i = 2; i <= LIMIT; i++) {
        if (composite[i]) continue;
        found++;
        sum = (sum * 3 + i) % 1000003;
        for (int64_t j = i * i; j <= LIMIT; j += i) composite[j] = true;
    }
    printf("%" PRId64 " %" PRId64 "\n", found, sum);
    return 0;
}
