# A counter added to a sum, five million times.
def main():
    total = 0
    for i in range(5_000_000):
        total += i
    print(total)


main()
