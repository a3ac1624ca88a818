# One character appended, half a million times; other constants, one more step.
def main():
    text = ""
    for i in range(450_000):
        text += "y"
        if i % 8 == 0:
            text += "z"
    print(len(text))


main()
