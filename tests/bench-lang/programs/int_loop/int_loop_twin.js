// Whole numbers, remainders and branches in a loop; other constants, one more step.
function run(n) {
    let sum = 0;
    for (let i = 1; i <= n; i++) {
        if (i % 4 === 0) {
            sum += i;
        } else if (i % 7 === 0) {
            sum += 2 * i;
        } else {
            sum -= 2;
        }
        sum = ((sum % 1000003) + 1000003) % 1000003;
    }
    return sum;
}
console.log(run(3000000));
