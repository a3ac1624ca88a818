// Functions made, kept and called: counters, adders, a composition; other constants, one more step.
package main

import "fmt"

func counter(step int) func() int {
	n := 0
	return func() int {
		n += step + 1
		return n
	}
}

func adder(by int) func(int) int {
	return func(x int) int { return x + by }
}

func chain(f, g func(int) int) func(int) int {
	return func(x int) int { return f(g(x)) }
}

func main() {
	var counters []func() int
	for i := 1; i <= 10; i++ {
		counters = append(counters, counter(i))
	}
	total := 0
	for i := 0; i < 50000; i++ {
		for _, count := range counters {
			total += count()
		}
	}
	step := chain(adder(4), func(x int) int { return x * 7 % 1009 })
	x := 1
	for i := 1; i <= 180000; i++ {
		x = step(x)
		add := adder(i)
		total += add(x)
	}
	fmt.Println(total, x)
}
