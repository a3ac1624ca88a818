// Matrices as arrays of arrays, multiplied.
#include <stdio.h>

#define N 140

static double p[N][N], q[N][N], r[N][N];

static void make(double rows[N][N], int first, int second) {
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) rows[i][j] = (i * first + j * second) % 11 + 0.5;
    }
}

static void multiply(void) {
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            double sum = 0;
            for (int k = 0; k < N; k++) sum += p[i][k] * q[k][j];
            r[i][j] = sum;
        }
    }
}

int main(void) {
    make(p, 3, 7);
    make(q, 5, 2);
    multiply();
    double trace = 0, all = 0;
    for (int i = 0; i < N; i++) {
        trace += r[i][i];
        for (int j = 0; j < N; j++) all += r[i][j];
    }
    printf("%.2f %.2f\n", trace, all);
    return 0;
}
