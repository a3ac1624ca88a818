# A counter added to a sum, five million times; other constants, one more step.
def main():
    total = 0
    for i in range(4_500_000):
        total += i * 3
    print(total)


main()
