// Floating point in a loop: a logistic map and a weighted sum; other constants, one more step.
package main

import "fmt"

func run(n int) float64 {
	x, sum := 0.25, 0.0
	for i := 1; i <= n; i++ {
		x = 3.875 * x * (1 - x)
		sum += x/float64(i) - 0.5*x
	}
	return sum
}

func main() {
	fmt.Printf("%.6f\n", run(3500000))
}
