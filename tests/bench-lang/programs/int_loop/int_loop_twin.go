// Whole numbers, remainders and branches in a loop; other constants, one more step.
package main

import "fmt"

func run(n int) int {
	sum := 0
	for i := 1; i <= n; i++ {
		if i%4 == 0 {
			sum += i
		} else if i%7 == 0 {
			sum += 2 * i
		} else {
			sum -= 2
		}
		sum %= 1000003
		if sum < 0 {
			sum += 1000003
		}
	}
	return sum
}

func main() {
	fmt.Println(run(3000000))
}
