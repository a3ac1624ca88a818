# Half a million numbers doubled and filtered; other constants, one more step.
def main():
    doubled = [n * 5 + 1 for n in range(1, 450_000 + 1)]
    kept = [n for n in doubled if n % 7 == 0]
    print(len(kept))


main()
