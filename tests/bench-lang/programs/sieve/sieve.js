// Primes by crossing out.
function sieve(n) {
    const composite = new Array(n + 1).fill(false);
    let found = 0, sum = 0;
    for (let i = 2; i <= n; i++) {
        if (composite[i]) continue;
        found++;
        sum = (sum + i) % 1000003;
        for (let j = i * i; j <= n; j += i) composite[j] = true;
    }
    return `${found} ${sum}`;
}
console.log(sieve(1500000));
