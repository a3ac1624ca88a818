# Lines taken apart and put together again; other constants, one more step.
def main():
    total = 0
    last = ""
    for i in range(1, 180000 + 1):
        line = f"alpha,beta,gamma,{i},delta,zeta,eta,theta"
        fields = line.split(",")
        fields[4] = f"<{fields[3]}>"
        fields.append(str(i % 10))
        fields.reverse()
        last = ":".join(fields)
        total += len(last)
    print(total, last)


main()
