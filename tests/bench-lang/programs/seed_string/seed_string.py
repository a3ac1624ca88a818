# One character appended, half a million times.
def main():
    text = ""
    for i in range(500_000):
        text += "x"
    print(len(text))


main()
