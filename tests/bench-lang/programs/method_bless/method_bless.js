// Methods of blessed hashes, one overridden.
class Counter {
    constructor(step) {
        this.total = 0;
        this.step = step;
    }

    bump(n) {
        this.total = (this.total + this.step * n) % 1000003;
        return this;
    }

    value() {
        return this.total;
    }
}

class Doubler extends Counter {
    bump(n) {
        return super.bump(2 * n);
    }
}

const counters = [new Counter(3), new Doubler(5), new Counter(11)];
let sum = 0;
for (let i = 1; i <= 150000; i++) {
    for (const counter of counters) sum += counter.bump(i).value();
}
console.log(sum);
