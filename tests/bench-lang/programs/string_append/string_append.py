# Texts put together from pieces.
def main():
    total = 0
    text = ""
    for i in range(1, 2000000 + 1):
        text += "item "
        text += str(i)
        text += ", "
        if len(text) > 5000:
            total += len(text)
            text = ""
    print(total + len(text))


main()
