# Numbers and texts formatted; other constants, one more step.
def main():
    total = 0
    last = ""
    for i in range(1, 350000 + 1):
        last = "%06d|%-8s|%8.3f|%x|%+d" % (i, "n" + str(i % 100), i / 9, i * 3, i - 100)
        total += len(last)
    print(total, last)


main()
