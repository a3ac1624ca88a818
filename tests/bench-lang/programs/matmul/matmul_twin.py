# Matrices as arrays of arrays, multiplied; other constants, one more step.
def make(n, a, b):
    return [[(i * a + j * b) % 11 + 0.5 for j in range(n)] for i in range(n)]


def product(p, q, n):
    rows = []
    for i in range(n):
        source = p[i]
        row = []
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += source[k] * q[k][j] - 0.25
            row.append(total)
        rows.append(row)
    return rows


n = 130
r = product(make(n, 3, 5), make(n, 9, 2), n)
trace = sum(r[i][i] for i in range(n))
everything = sum(sum(row) for row in r)
print("%.2f %.2f" % (trace, everything))
