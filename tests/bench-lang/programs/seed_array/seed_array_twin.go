// Half a million numbers pushed and sorted; other constants, one more step.
package main

import (
	"fmt"
	"sort"
)

func main() {
	var numbers []int
	for i := 0; i < 450_000; i++ {
		numbers = append(numbers, (i*7907+13)%1000003)
	}
	sorted := append([]int(nil), numbers...)
	sort.Ints(sorted)
	fmt.Println(sorted[0], sorted[len(sorted)-1])
}
