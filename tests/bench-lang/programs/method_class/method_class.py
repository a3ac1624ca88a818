# Methods of classes with typed fields.
class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def plus(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def scaled(self, by):
        return Vector(self.x * by, self.y * by)

    def norm2(self):
        return self.x * self.x + self.y * self.y


class Mover:
    def __init__(self, at, speed):
        self.at = at
        self.speed = speed
        self.moves = 0

    def move(self, dt):
        self.at = self.at.plus(self.speed.scaled(dt))
        self.moves += 1
        if self.at.norm2() > 100:
            self.speed = self.speed.scaled(-1)


mover = Mover(Vector(1.5, 2.5), Vector(0.5, 0.25))
for _ in range(80000):
    mover.move(0.125)
print("%d %.6f %.6f" % (mover.moves, mover.at.x, mover.at.y))
