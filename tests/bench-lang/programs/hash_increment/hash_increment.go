// Counts by text.
package main

import (
	"fmt"
	"strconv"
)

func main() {
	seen := make(map[string]int)
	seed := 42
	for i := 0; i < 1000000; i++ {
		seed = (seed*3877 + 29573) % 139968
		seen["key"+strconv.Itoa(seed%5003)]++
	}
	squares := 0
	for _, count := range seen {
		squares += count * count
	}
	fmt.Println(len(seen), squares, seen["key17"])
}
