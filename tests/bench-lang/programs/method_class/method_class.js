// Methods of classes with typed fields.
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
        if (this.at.norm2() > 100) {
            this.speed = this.speed.scaled(-1);
        }
    }
}

const mover = new Mover(new Vector(1.5, 2.5), new Vector(0.5, 0.25));
for (let i = 0; i < 80000; i++) mover.move(0.125);
console.log(`${mover.moves} ${mover.at.x.toFixed(6)} ${mover.at.y.toFixed(6)}`);
