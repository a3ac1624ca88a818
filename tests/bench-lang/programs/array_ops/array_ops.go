// Push, sort and sum of numbers in no order.
package main

import (
	"fmt"
	"sort"
)

func main() {
	var numbers []int
	seed := 42
	for i := 0; i < 600000; i++ {
		seed = (seed*3877 + 29573) % 139968
		numbers = append(numbers, seed)
	}
	sorted := append([]int(nil), numbers...)
	sort.Ints(sorted)
	sum := 0
	for _, n := range sorted {
		sum += n
	}
	weighted := 0
	for i, n := range sorted {
		weighted += n * (i % 7)
	}
	fmt.Println(sorted[0], sorted[len(sorted)-1], sum, weighted)
}
