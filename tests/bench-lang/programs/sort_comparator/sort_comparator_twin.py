# Records sorted by two fields; other constants, one more step.
def main():
    people = []
    seed = 7
    for i in range(1, 50000 + 1):
        seed = (seed * 3877 + 29573) % 139968
        people.append({"name": f"n{seed % 997}-{i}", "score": seed % 211})
    ranked = sorted(people, key=lambda one: (-one["score"], len(one["name"]), one["name"]))
    total = 0
    for i, one in enumerate(ranked):
        total = (total + (i + 1) * one["score"]) % 1000003
    print(ranked[0]["name"], ranked[1]["name"], ranked[-1]["name"], total)


main()
