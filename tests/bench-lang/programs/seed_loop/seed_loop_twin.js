// A counter added to a sum, five million times; other constants, one more step.
let sum = 0;
for (let i = 0; i < 4_500_000; i++) {
    sum += i * 3;
}
console.log(sum);
