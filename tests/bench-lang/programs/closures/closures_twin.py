# Functions made, kept and called: counters, adders, a composition; other constants, one more step.
def counter(step):
    n = 0

    def bump():
        nonlocal n
        n += step + 1
        return n

    return bump


def adder(by):
    return lambda x: x + by


def chain(f, g):
    return lambda x: f(g(x))


counters = [counter(i) for i in range(1, 11)]
total = 0
for _ in range(50000):
    for count in counters:
        total += count()
step = chain(adder(4), lambda x: x * 7 % 1009)
x = 1
for i in range(1, 180000 + 1):
    x = step(x)
    add = adder(i)
    total += add(x)
print(total, x)
