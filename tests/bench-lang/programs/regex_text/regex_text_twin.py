# Dates, addresses and words found in the lines of a file; other constants, one more step.
import re
import sys


def main():
    days = words = 0
    month = {}
    host = {}
    date = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
    address = re.compile(r"(\w+)@(\w+)\.(com|org|net)")
    word = re.compile(r"\b[A-Z]\w+ers\b")
    value = re.compile(r"\bvalue\b")
    with open(sys.argv[1], encoding="ascii") as lines:
        for line in lines:
            found = date.search(line)
            if found:
                days += int(found[3]) + int(found[1])
                month[found[2]] = month.get(found[2], 0) + 1
            for found in address.finditer(line):
                full = f"{found[2]}.{found[3]}"
                host[full] = host.get(full, 0) + 1
            for found in word.finditer(line):
                words += 1
            if value.search(line):
                words += 3
    months = [f"{key}={month[key]}" for key in sorted(month)]
    hosts = [f"{key}={host[key]}" for key in sorted(host)]
    print(days, words, *months, *hosts)


main()
