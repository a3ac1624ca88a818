// Half a million numbers doubled and filtered.
const numbers = Array.from({ length: 500_000 }, (_, i) => i + 1);
const doubled = numbers.map((n) => n * 2);
const kept = doubled.filter((n) => n % 3 === 0);
console.log(kept.length);
