// Numbers and texts formatted.
package main

import (
	"fmt"
	"strconv"
)

func main() {
	total := 0
	last := ""
	for i := 1; i <= 400000; i++ {
		last = fmt.Sprintf("%05d|%-8s|%8.3f|%x", i, "n"+strconv.Itoa(i%100), float64(i)/7, i*3)
		total += len(last)
	}
	fmt.Println(total, last)
}
