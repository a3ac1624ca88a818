# Records sorted by two fields.
def main():
    people = []
    seed = 42
    for i in range(1, 60000 + 1):
        seed = (seed * 3877 + 29573) % 139968
        people.append({"name": f"n{seed % 997}-{i}", "score": seed % 101})
    ranked = sorted(people, key=lambda one: (-one["score"], one["name"]))
    total = 0
    for i, one in enumerate(ranked):
        total = (total + (i + 1) * one["score"]) % 1000003
    print(ranked[0]["name"], ranked[1]["name"], ranked[-1]["name"], total)


main()
