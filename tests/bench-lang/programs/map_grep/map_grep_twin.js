// Chains of map and grep, summed; other constants, one more step.
let total = 0;
for (let round = 1; round <= 20; round++) {
    total += Array.from({ length: 90000 }, (_, i) => i + 1)
        .map((n) => n * 5 + round)
        .filter((n) => n % 7 === 1)
        .map((n) => n * n % 2003)
        .filter((n) => n > 10)
        .reduce((sum, n) => sum + n, 0);
}
console.log(total);
