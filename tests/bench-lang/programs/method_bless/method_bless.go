// Methods of blessed hashes, one overridden.
package main

import "fmt"

// Bumper is what a counter and a doubler have in common.
type Bumper interface {
	Bump(n int) Bumper
	Value() int
}

// Counter adds multiples of a step.
type Counter struct {
	total, step int
}

// NewCounter returns a counter at zero.
func NewCounter(step int) *Counter {
	return &Counter{step: step}
}

// Bump adds the step n times.
func (c *Counter) Bump(n int) Bumper {
	c.total = (c.total + c.step*n) % 1000003
	return c
}

// Value returns the total.
func (c *Counter) Value() int {
	return c.total
}

// Doubler is a counter that adds twice as much.
type Doubler struct {
	Counter
}

// NewDoubler returns a doubler at zero.
func NewDoubler(step int) *Doubler {
	return &Doubler{Counter{step: step}}
}

// Bump adds the step twice n times.
func (d *Doubler) Bump(n int) Bumper {
	d.Counter.Bump(2 * n)
	return d
}

func main() {
	counters := []Bumper{NewCounter(3), NewDoubler(5), NewCounter(11)}
	sum := 0
	for i := 1; i <= 150000; i++ {
		for _, counter := range counters {
			sum += counter.Bump(i).Value()
		}
	}
	fmt.Println(sum)
}
