# Words of a file, counted, the most frequent shown.
import re
import sys


def main():
    count = {}
    word_of = re.compile("[a-z]+")
    with open(sys.argv[1], encoding="ascii") as lines:
        for line in lines:
            for word in word_of.findall(line.lower()):
                count[word] = count.get(word, 0) + 1
    words = sorted(count, key=lambda word: (-count[word], word))
    for word in words[:10]:
        print(word, count[word])


main()
