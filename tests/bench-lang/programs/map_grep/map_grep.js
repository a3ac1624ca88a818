// Chains of map and grep, summed.
let total = 0;
for (let round = 1; round <= 20; round++) {
    total += Array.from({ length: 100000 }, (_, i) => i + 1)
        .map((n) => n * 3 + round)
        .filter((n) => n % 4 === 1)
        .map((n) => n * n % 1009)
        .reduce((sum, n) => sum + n, 0);
}
console.log(total);
