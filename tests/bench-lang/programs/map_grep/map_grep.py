# Chains of map and grep, summed.
def main():
    total = 0
    for turn in range(1, 21):
        numbers = [n * 3 + turn for n in range(1, 100000 + 1)]
        numbers = [n for n in numbers if n % 4 == 1]
        numbers = [n * n % 1009 for n in numbers]
        total += sum(numbers)
    print(total)


main()
