// Methods of classes with typed fields.
package main

import "fmt"

// Vector is a place or a speed.
type Vector struct {
	x, y float64
}

// Plus returns the sum of two vectors.
func (v Vector) Plus(other Vector) Vector {
	return Vector{v.x + other.x, v.y + other.y}
}

// Scaled returns a multiple of a vector.
func (v Vector) Scaled(by float64) Vector {
	return Vector{v.x * by, v.y * by}
}

// Norm2 returns the square of the length.
func (v Vector) Norm2() float64 {
	return v.x*v.x + v.y*v.y
}

// Mover is what moves, and turns back when it is too far away.
type Mover struct {
	at, speed Vector
	moves     int
}

// Move lets it move for a time.
func (m *Mover) Move(dt float64) {
	m.at = m.at.Plus(m.speed.Scaled(dt))
	m.moves++
	if m.at.Norm2() > 100 {
		m.speed = m.speed.Scaled(-1)
	}
}

func main() {
	mover := Mover{at: Vector{1.5, 2.5}, speed: Vector{0.5, 0.25}}
	for i := 0; i < 80000; i++ {
		mover.Move(0.125)
	}
	fmt.Printf("%d %.6f %.6f\n", mover.moves, mover.at.x, mover.at.y)
}
