// Floating point in a loop: a logistic map and a weighted sum; other constants, one more step.
function run(n) {
    let x = 0.25;
    let sum = 0;
    for (let i = 1; i <= n; i++) {
        x = 3.875 * x * (1 - x);
        sum += x / i - 0.5 * x;
    }
    return sum;
}
console.log(run(3500000).toFixed(6));
