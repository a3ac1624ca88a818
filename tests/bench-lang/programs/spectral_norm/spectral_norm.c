// The largest singular value of an infinite matrix, approximated.
#include <math.h>
#include <stdio.h>

#define N 150

static double cell(int i, int j) {
    return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times_matrix(const double v[N], double result[N]) {
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++) sum += cell(i, j) * v[j];
        result[i] = sum;
    }
}

static void times_transposed(const double v[N], double result[N]) {
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++) sum += cell(j, i) * v[j];
        result[i] = sum;
    }
}

static void times_both(const double v[N], double result[N]) {
    double between[N];
    times_matrix(v, between);
    times_transposed(between, result);
}

int main(void) {
    double u[N], v[N];
    for (int i = 0; i < N; i++) u[i] = 1;
    for (int i = 0; i < 10; i++) {
        times_both(u, v);
        times_both(v, u);
    }
    double uv = 0, vv = 0;
    for (int i = 0; i < N; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    printf("%.9f\n", sqrt(uv / vv));
    return 0;
}
