# Numbers and texts formatted.
def main():
    total = 0
    last = ""
    for i in range(1, 400000 + 1):
        last = "%05d|%-8s|%8.3f|%x" % (i, "n" + str(i % 100), i / 7, i * 3)
        total += len(last)
    print(total, last)


main()
