// A counter added to a sum, five million times.
let sum = 0;
for (let i = 0; i < 5_000_000; i++) {
    sum += i;
}
console.log(sum);
