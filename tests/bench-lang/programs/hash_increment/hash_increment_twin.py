# Counts by text; other constants, one more step.
def main():
    seen = {}
    seed = 99
    for _ in range(900000):
        seed = (seed * 3877 + 29573) % 139968
        key = f"key{seed % 4001}"
        seen[key] = seen.get(key, 0) + 1
        seen["total"] = seen.get("total", 0) + 1
    squares = sum(count * count for count in seen.values())
    print(len(seen), squares, seen["key17"])


main()
