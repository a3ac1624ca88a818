# Push, sort and sum of numbers in no order.
def main():
    numbers = []
    seed = 42
    for _ in range(600000):
        seed = (seed * 3877 + 29573) % 139968
        numbers.append(seed)
    ordered = sorted(numbers)
    total = sum(ordered)
    weighted = 0
    for i, n in enumerate(ordered):
        weighted += n * (i % 7)
    print(ordered[0], ordered[-1], total, weighted)


main()
