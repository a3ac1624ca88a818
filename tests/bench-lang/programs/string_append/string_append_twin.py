# Texts put together from pieces; other constants, one more step.
def main():
    total = 0
    text = ""
    for i in range(1, 1800000 + 1):
        text += "item "
        text += str(i)
        text += "; "
        if i % 3 == 0:
            text += "."
        if len(text) > 6000:
            total += len(text)
            text = ""
    print(total + len(text))


main()
