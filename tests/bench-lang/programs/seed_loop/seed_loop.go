// A counter added to a sum, five million times.
package main

import "fmt"

func main() {
	sum := 0
	for i := 0; i < 5_000_000; i++ {
		sum += i
	}
	fmt.Println(sum)
}
