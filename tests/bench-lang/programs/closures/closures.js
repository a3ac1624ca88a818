// Functions made, kept and called: counters, adders, a composition.
function counter(step) {
    let n = 0;
    return () => {
        n += step;
        return n;
    };
}
const adder = (by) => (x) => x + by;
const chain = (f, g) => (x) => f(g(x));

const counters = [];
for (let i = 1; i <= 10; i++) counters.push(counter(i));
let total = 0;
for (let i = 0; i < 60000; i++) {
    for (const count of counters) total += count();
}
const step = chain(adder(3), (x) => x * 5 % 1009);
let x = 1;
for (let i = 1; i <= 200000; i++) {
    x = step(x);
    const add = adder(i);
    total += add(x);
}
console.log(`${total} ${x}`);
