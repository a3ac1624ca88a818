# Half a million numbers doubled and filtered.
def main():
    doubled = [n * 2 for n in range(1, 500_000 + 1)]
    kept = [n for n in doubled if n % 3 == 0]
    print(len(kept))


main()
