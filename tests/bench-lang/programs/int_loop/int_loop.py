# Whole numbers, remainders and branches in a loop.
def run(n):
    total = 0
    for i in range(1, n + 1):
        if i % 3 == 0:
            total += i
        elif i % 5 == 0:
            total += 2 * i
        else:
            total -= 1
    return total


print(run(4000000))
