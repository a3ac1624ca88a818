# Functions made, kept and called: counters, adders, a composition.
def counter(step):
    n = 0

    def bump():
        nonlocal n
        n += step
        return n

    return bump


def adder(by):
    return lambda x: x + by


def chain(f, g):
    return lambda x: f(g(x))


counters = [counter(i) for i in range(1, 11)]
total = 0
for _ in range(60000):
    for count in counters:
        total += count()
step = chain(adder(3), lambda x: x * 5 % 1009)
x = 1
for i in range(1, 200000 + 1):
    x = step(x)
    add = adder(i)
    total += add(x)
print(total, x)
