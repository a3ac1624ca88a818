# A hundred thousand numbers as keys, then all values summed; other constants, one more step.
def main():
    table = {}
    for i in range(110_000):
        table[str(i)] = i * 3 + 1
    total = 0
    for key in table.keys():
        total += table[key]
    print(total)


main()
