# Half a million numbers pushed and sorted; other constants, one more step.
def main():
    numbers = []
    for i in range(450_000):
        numbers.append((i * 7907 + 13) % 1000003)
    ordered = sorted(numbers)
    print(ordered[0], ordered[-1])


main()
