# A file of 50 MB, line by line; other constants, one more step.
import sys


def main():
    lines = length = found = 0
    with open(sys.argv[1], encoding="ascii") as file:
        for line in file:
            line = line.rstrip("\n")
            lines += 1
            length += len(line)
            if "needle" in line:
                found += 1
            if line[:1] == "c":
                found += 2
    print(lines, length, found)


main()
