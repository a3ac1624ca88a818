// A hundred thousand numbers as keys, then all values summed; other constants, one more step.
package main

import (
	"fmt"
	"strconv"
)

func main() {
	table := make(map[string]int)
	for i := 0; i < 110_000; i++ {
		table[strconv.Itoa(i)] = i*3 + 1
	}
	sum := 0
	for key := range table {
		sum += table[key]
	}
	fmt.Println(sum)
}
