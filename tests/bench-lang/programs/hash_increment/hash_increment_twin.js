// Counts by text; other constants, one more step.
const seen = new Map();
let seed = 99;
for (let i = 0; i < 900000; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    const key = "key" + seed % 4001;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    seen.set("total", (seen.get("total") ?? 0) + 1);
}
let squares = 0;
for (const count of seen.values()) squares += count * count;
console.log(`${seen.size} ${squares} ${seen.get("key17")}`);
