// A hundred thousand numbers as keys, then all values summed.
package main

import (
	"fmt"
	"strconv"
)

func main() {
	table := make(map[string]int)
	for i := 0; i < 100_000; i++ {
		table[strconv.Itoa(i)] = i * 2
	}
	sum := 0
	for key := range table {
		sum += table[key]
	}
	fmt.Println(sum)
}
