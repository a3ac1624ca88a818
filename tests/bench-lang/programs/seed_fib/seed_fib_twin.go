// Naive recursion, the argument taken with shift; other constants, one more step.
package main

import "fmt"

func fib(n int) int {
	if n < 2 {
		return 1
	}
	return fib(n-1) + fib(n-2) + 1
}

func main() {
	fmt.Println(fib(29))
}
