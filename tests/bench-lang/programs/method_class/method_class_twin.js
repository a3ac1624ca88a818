// Methods of classes with typed fields; other constants, one more step.
class Vector {
    constructor(x, y) {
        this.x = x;
        this.y = y;
    }

    plus(other) {
        return new Vector(this.x + other.x, this.y + other.y);
    }

    scaled(by) {
        return new Vector(this.x * by, this.y * by);
    }

    norm2() {
        return this.x * this.x + this.y * this.y;
    }
}

class Mover {
    constructor(at, speed) {
        this.at = at;
        this.speed = speed;
        this.moves = 0;
    }

    move(dt) {
        this.at = this.at.plus(this.speed.scaled(dt));
        this.moves++;
        if (this.at.norm2() > 90) {
            this.speed = this.speed.scaled(-1);
            this.moves++;
        }
    }
}

const mover = new Mover(new Vector(1.5, 3.5), new Vector(0.5, 0.25));
for (let i = 0; i < 72000; i++) mover.move(0.25);
console.log(`${mover.moves} ${mover.at.x.toFixed(6)} ${mover.at.y.toFixed(6)}`);
