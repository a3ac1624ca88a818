// Naive recursion with a parameter; other constants, one more step.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static int64_t fib(int64_t n) {
    if (n < 3) return 1;
    return fib(n - 1) + fib(n - 2) + 1;
}

int main(void) {
    printf("%" PRId64 "\n", fib(29));
    return 0;
}
