# Five bodies under gravity.
from math import sqrt

PI = 3.141592653589793
SOLAR_MASS = 4 * PI * PI
DAYS = 365.24

# x, y, z, vx, vy, vz, mass
BODIES = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SOLAR_MASS],
    [4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
     1.66007664274403694e-03 * DAYS, 7.69901118419740425e-03 * DAYS, -6.90460016972063023e-05 * DAYS,
     9.54791938424326609e-04 * SOLAR_MASS],
    [8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
     -2.76742510726411021e-03 * DAYS, 4.99852801234917238e-03 * DAYS, 2.30417297573763929e-05 * DAYS,
     2.85885980666130812e-04 * SOLAR_MASS],
    [1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
     2.96460137564761618e-03 * DAYS, 2.37847173959480950e-03 * DAYS, -2.96589568540237556e-05 * DAYS,
     4.36624404335156298e-05 * SOLAR_MASS],
    [1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
     2.68067772490389322e-03 * DAYS, 1.62824170038242295e-03 * DAYS, -9.51592254519715870e-05 * DAYS,
     5.15138902046611451e-05 * SOLAR_MASS],
]
PAIRS = [(BODIES[i], BODIES[j]) for i in range(5) for j in range(i + 1, 5)]


def energy():
    e = 0.0
    for b in BODIES:
        e += 0.5 * b[6] * (b[3] * b[3] + b[4] * b[4] + b[5] * b[5])
    for b, c in PAIRS:
        dx, dy, dz = b[0] - c[0], b[1] - c[1], b[2] - c[2]
        e -= b[6] * c[6] / sqrt(dx * dx + dy * dy + dz * dz)
    return e


def advance(dt):
    for b, c in PAIRS:
        dx = b[0] - c[0]
        dy = b[1] - c[1]
        dz = b[2] - c[2]
        distance2 = dx * dx + dy * dy + dz * dz
        magnitude = dt / (distance2 * sqrt(distance2))
        mi = b[6] * magnitude
        mj = c[6] * magnitude
        b[3] -= dx * mj
        b[4] -= dy * mj
        b[5] -= dz * mj
        c[3] += dx * mi
        c[4] += dy * mi
        c[5] += dz * mi
    for b in BODIES:
        b[0] += dt * b[3]
        b[1] += dt * b[4]
        b[2] += dt * b[5]


for axis in (3, 4, 5):
    BODIES[0][axis] = -sum(b[axis] * b[6] for b in BODIES) / SOLAR_MASS
print("%.9f" % energy())
for _ in range(40000):
    advance(0.01)
print("%.9f" % energy())
