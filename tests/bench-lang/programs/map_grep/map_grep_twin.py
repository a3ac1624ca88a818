# Chains of map and grep, summed; other constants, one more step.
def main():
    total = 0
    for turn in range(1, 21):
        numbers = [n * 5 + turn for n in range(1, 90000 + 1)]
        numbers = [n for n in numbers if n % 7 == 1]
        numbers = [n * n % 2003 for n in numbers]
        numbers = [n for n in numbers if n > 10]
        total += sum(numbers)
    print(total)


main()
