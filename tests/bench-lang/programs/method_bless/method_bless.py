# Methods of blessed hashes, one overridden.
class Counter:
    def __init__(self, step):
        self.total = 0
        self.step = step

    def bump(self, n):
        self.total = (self.total + self.step * n) % 1000003
        return self

    def value(self):
        return self.total


class Doubler(Counter):
    def bump(self, n):
        return super().bump(2 * n)


counters = [Counter(3), Doubler(5), Counter(11)]
total = 0
for i in range(1, 150000 + 1):
    for counter in counters:
        total += counter.bump(i).value()
print(total)
