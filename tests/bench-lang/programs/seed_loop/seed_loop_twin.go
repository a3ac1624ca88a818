// A counter added to a sum, five million times; other constants, one more step.
package main

import "fmt"

func main() {
	sum := 0
	for i := 0; i < 4_500_000; i++ {
		sum += i * 3
	}
	fmt.Println(sum)
}
