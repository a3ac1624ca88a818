# The largest singular value of an infinite matrix, approximated; other constants, one more step.
from math import sqrt


def cell(i, j):
    return 1 / ((i + j) * (i + j + 1) / 2 + i + 1.5)


def times(v):
    result = []
    for i in range(len(v)):
        total = 0.0
        for j, x in enumerate(v):
            total += cell(i, j) * x
        result.append(total * 0.75)
    return result


def transposed_times(v):
    result = []
    for i in range(len(v)):
        total = 0.0
        for j, x in enumerate(v):
            total += cell(j, i) * x
        result.append(total)
    return result


def both(v):
    return transposed_times(times(v))


u = [1.0] * 140
for _ in range(10):
    v = both(u)
    u = both(v)
uv = sum(a * b for a, b in zip(u, v))
vv = sum(b * b for b in v)
print("%.9f" % sqrt(uv / vv))
