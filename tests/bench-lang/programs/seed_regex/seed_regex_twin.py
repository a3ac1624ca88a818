# Two words at the end of a sentence, matched a hundred thousand times; other constants, one more step.
import re


def main():
    text = "the quick brown fox jumps over the sleeping cat"
    pattern = re.compile(r"(\w+)\s+(\w+)$")
    count = 0
    for i in range(110_000):
        found = pattern.search(text)
        if found:
            count += 1
            count += len(found[1])
    print(count)


main()
