# Primes by crossing out; other constants, one more step.
def sieve(n):
    composite = [False] * (n + 1)
    found = total = 0
    for i in range(2, n + 1):
        if composite[i]:
            continue
        found += 1
        total = (total * 3 + i) % 1000003
        for j in range(i * i, n + 1, i):
            composite[j] = True
    return "%d %d" % (found, total)


print(sieve(1400000))
