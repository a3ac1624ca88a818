# Whole numbers, remainders and branches in a loop; other constants, one more step.
def run(n):
    total = 0
    for i in range(1, n + 1):
        if i % 4 == 0:
            total += i
        elif i % 7 == 0:
            total += 2 * i
        else:
            total -= 2
        total = total % 1000003
    return total


print(run(3000000))
