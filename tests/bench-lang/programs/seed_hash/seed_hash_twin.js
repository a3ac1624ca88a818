// A hundred thousand numbers as keys, then all values summed; other constants, one more step.
const table = new Map();
for (let i = 0; i < 110_000; i++) {
    table.set(String(i), i * 3 + 1);
}
let sum = 0;
for (const key of table.keys()) sum += table.get(key);
console.log(sum);
