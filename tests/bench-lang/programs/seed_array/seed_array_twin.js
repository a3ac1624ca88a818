// Half a million numbers pushed and sorted; other constants, one more step.
const numbers = [];
for (let i = 0; i < 450_000; i++) {
    numbers.push((i * 7907 + 13) % 1000003);
}
const sorted = [...numbers].sort((a, b) => a - b);
console.log(`${sorted[0]} ${sorted.at(-1)}`);
