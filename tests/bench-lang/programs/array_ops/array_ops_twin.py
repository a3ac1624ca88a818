# Push, sort and sum of numbers in no order; other constants, one more step.
def main():
    numbers = []
    seed = 17
    for _ in range(550000):
        seed = (seed * 3877 + 29573) % 139968
        numbers.append(seed % 50021)
    ordered = sorted(numbers)
    total = sum(ordered)
    weighted = 0
    for i, n in enumerate(ordered):
        weighted += n * (i % 9)
    print(ordered[0], ordered[-1], total, weighted)


main()
