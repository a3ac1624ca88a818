// Floating point in a loop: a logistic map and a weighted sum.
function run(n) {
    let x = 0.5;
    let sum = 0;
    for (let i = 1; i <= n; i++) {
        x = 3.75 * x * (1 - x);
        sum += x / i;
    }
    return sum;
}
console.log(run(4000000).toFixed(6));
