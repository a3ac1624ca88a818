// Half a million numbers pushed and sorted.
const numbers = [];
for (let i = 0; i < 500_000; i++) {
    numbers.push(i * 7919 % 1000003);
}
const sorted = [...numbers].sort((a, b) => a - b);
console.log(`${sorted[0]} ${sorted.at(-1)}`);
