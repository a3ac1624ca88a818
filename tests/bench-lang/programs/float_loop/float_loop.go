// Floating point in a loop: a logistic map and a weighted sum.
package main

import "fmt"

func run(n int) float64 {
	x, sum := 0.5, 0.0
	for i := 1; i <= n; i++ {
		x = 3.75 * x * (1 - x)
		sum += x / float64(i)
	}
	return sum
}

func main() {
	fmt.Printf("%.6f\n", run(4000000))
}
