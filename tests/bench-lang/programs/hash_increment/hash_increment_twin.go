// Counts by text; other constants, one more step.
package main

import (
	"fmt"
	"strconv"
)

func main() {
	seen := make(map[string]int)
	seed := 99
	for i := 0; i < 900000; i++ {
		seed = (seed*3877 + 29573) % 139968
		seen["key"+strconv.Itoa(seed%4001)]++
		seen["total"]++
	}
	squares := 0
	for _, count := range seen {
		squares += count * count
	}
	fmt.Println(len(seen), squares, seen["key17"])
}
