# A hundred thousand numbers as keys, then all values summed.
def main():
    table = {}
    for i in range(100_000):
        table[str(i)] = i * 2
    total = 0
    for key in table.keys():
        total += table[key]
    print(total)


main()
