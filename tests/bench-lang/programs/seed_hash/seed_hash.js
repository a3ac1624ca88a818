// A hundred thousand numbers as keys, then all values summed.
const table = new Map();
for (let i = 0; i < 100_000; i++) {
    table.set(String(i), i * 2);
}
let sum = 0;
for (const key of table.keys()) sum += table.get(key);
console.log(sum);
