# Lines taken apart and put together again.
def main():
    total = 0
    last = ""
    for i in range(1, 200000 + 1):
        line = f"alpha,beta,gamma,{i},delta,epsilon,eta,theta"
        fields = line.split(",")
        fields[3] = f"<{fields[3]}>"
        fields.reverse()
        last = ";".join(fields)
        total += len(last)
    print(total, last)


main()
