// Methods of blessed hashes, one overridden; other constants, one more step.
class Counter {
    constructor(step) {
        this.total = 0;
        this.step = step;
    }

    bump(n) {
        this.total = (this.total + this.step * n) % 700001;
        return this;
    }

    value() {
        return this.total + this.step;
    }
}

class Doubler extends Counter {
    bump(n) {
        return super.bump(2 * n);
    }
}

const counters = [new Counter(3), new Doubler(7), new Counter(11)];
let sum = 0;
for (let i = 1; i <= 140000; i++) {
    for (const counter of counters) sum += counter.bump(i).value();
}
console.log(sum);
