// Half a million numbers doubled and filtered; other constants, one more step.
const numbers = Array.from({ length: 450_000 }, (_, i) => i + 1);
const doubled = numbers.map((n) => n * 5 + 1);
const kept = doubled.filter((n) => n % 7 === 0);
console.log(kept.length);
