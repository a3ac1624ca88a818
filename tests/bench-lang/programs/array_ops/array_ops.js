// Push, sort and sum of numbers in no order.
const numbers = [];
let seed = 42;
for (let i = 0; i < 600000; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    numbers.push(seed);
}
const sorted = [...numbers].sort((a, b) => a - b);
let sum = 0;
for (const n of sorted) sum += n;
let weighted = 0;
for (let i = 0; i < sorted.length; i++) weighted += sorted[i] * (i % 7);
console.log(`${sorted[0]} ${sorted.at(-1)} ${sum} ${weighted}`);
