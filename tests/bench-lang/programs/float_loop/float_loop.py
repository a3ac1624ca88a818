# Floating point in a loop: a logistic map and a weighted sum.
def run(n):
    x = 0.5
    total = 0.0
    for i in range(1, n + 1):
        x = 3.75 * x * (1 - x)
        total += x / i
    return total


print("%.6f" % run(4000000))
