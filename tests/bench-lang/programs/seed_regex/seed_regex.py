# Two words at the end of a sentence, matched a hundred thousand times.
import re


def main():
    text = "the quick brown fox jumps over the lazy dog"
    pattern = re.compile(r"(\w+)\s+(\w+)$")
    count = 0
    for i in range(100_000):
        found = pattern.search(text)
        if found:
            count += 1
    print(count)


main()
