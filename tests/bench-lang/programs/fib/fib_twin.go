// Naive recursion with a parameter; other constants, one more step.
package main

import "fmt"

func fib(n int) int {
	if n < 3 {
		return 1
	}
	return fib(n-1) + fib(n-2) + 1
}

func main() {
	fmt.Println(fib(29))
}
