# Floating point in a loop: a logistic map and a weighted sum; other constants, one more step.
def run(n):
    x = 0.25
    total = 0.0
    for i in range(1, n + 1):
        x = 3.875 * x * (1 - x)
        total += x / i - 0.5 * x
    return total


print("%.6f" % run(3500000))
