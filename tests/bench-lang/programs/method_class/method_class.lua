-- Methods of classes with typed fields.
local Vector = {}
Vector.__index = Vector
function Vector.new(x, y) return setmetatable({ x = x, y = y }, Vector) end
function Vector:plus(other) return Vector.new(self.x + other.x, self.y + other.y) end
function Vector:scaled(by) return Vector.new(self.x * by, self.y * by) end
function Vector:norm2() return self.x * self.x + self.y * self.y end

local Mover = {}
Mover.__index = Mover
function Mover.new(at, speed) return setmetatable({ at = at, speed = speed, moves = 0 }, Mover) end
function Mover:move(dt)
    self.at = self.at:plus(self.speed:scaled(dt))
    self.moves = self.moves + 1
    if self.at:norm2() > 100 then
        self.speed = self.speed:scaled(-1)
    end
end

local mover = Mover.new(Vector.new(1.5, 2.5), Vector.new(0.5, 0.25))
for _ = 1, 80000 do mover:move(0.125) end
print(string.format("%d %.6f %.6f", mover.moves, mover.at.x, mover.at.y))
