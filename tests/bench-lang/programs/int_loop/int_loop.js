// Whole numbers, remainders and branches in a loop.
function run(n) {
    let sum = 0;
    for (let i = 1; i <= n; i++) {
        if (i % 3 === 0) {
            sum += i;
        } else if (i % 5 === 0) {
            sum += 2 * i;
        } else {
            sum -= 1;
        }
    }
    return sum;
}
console.log(run(4000000));
