// Whole numbers, remainders and branches in a loop.
package main

import "fmt"

func run(n int) int {
	sum := 0
	for i := 1; i <= n; i++ {
		if i%3 == 0 {
			sum += i
		} else if i%5 == 0 {
			sum += 2 * i
		} else {
			sum -= 1
		}
	}
	return sum
}

func main() {
	fmt.Println(run(4000000))
}
