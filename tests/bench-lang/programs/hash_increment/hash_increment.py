# Counts by text.
def main():
    seen = {}
    seed = 42
    for _ in range(1000000):
        seed = (seed * 3877 + 29573) % 139968
        key = f"key{seed % 5003}"
        seen[key] = seen.get(key, 0) + 1
    squares = sum(count * count for count in seen.values())
    print(len(seen), squares, seen["key17"])


main()
