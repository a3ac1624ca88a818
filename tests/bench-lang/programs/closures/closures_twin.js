// Functions made, kept and called: counters, adders, a composition; other constants, one more step.
function counter(step) {
    let n = 0;
    return () => {
        n += step + 1;
        return n;
    };
}
const adder = (by) => (x) => x + by;
const chain = (f, g) => (x) => f(g(x));

const counters = [];
for (let i = 1; i <= 10; i++) counters.push(counter(i));
let total = 0;
for (let i = 0; i < 50000; i++) {
    for (const count of counters) total += count();
}
const step = chain(adder(4), (x) => x * 7 % 1009);
let x = 1;
for (let i = 1; i <= 180000; i++) {
    x = step(x);
    const add = adder(i);
    total += add(x);
}
console.log(`${total} ${x}`);
