# Half a million numbers pushed and sorted.
def main():
    numbers = []
    for i in range(500_000):
        numbers.append(i * 7919 % 1000003)
    ordered = sorted(numbers)
    print(ordered[0], ordered[-1])


main()
