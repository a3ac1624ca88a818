// Floating point in a loop: a logistic map and a weighted sum.
#include <stdio.h>

static double run(int n) {
    double x = 0.5;
    double sum = 0;
    for (int i = 1; i <= n; i++) {
        x = 3.75 * x * (1 - x);
        sum += x / i;
    }
    return sum;
}

int main(void) {
    printf("%.6f\n", run(4000000));
    return 0;
}
