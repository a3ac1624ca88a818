// Counts by text.
const seen = new Map();
let seed = 42;
for (let i = 0; i < 1000000; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    const key = "key" + seed % 5003;
    seen.set(key, (seen.get(key) ?? 0) + 1);
}
let squares = 0;
for (const count of seen.values()) squares += count * count;
console.log(`${seen.size} ${squares} ${seen.get("key17")}`);
