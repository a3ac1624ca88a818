// Floating point in a loop: a logistic map and a weighted sum; other constants, one more step.
#include <stdio.h>

static double run(int n) {
    double x = 0.25;
    double sum = 0;
    for (int i = 1; i <= n; i++) {
        x = 3.875 * x * (1 - x);
        sum += x / i - 0.5 * x;
    }
    return sum;
}

int main(void) {
    printf("%.6f\n", run(3500000));
    return 0;
}
