// Numbers and texts formatted; other constants, one more step.
package main

import (
	"fmt"
	"strconv"
)

func main() {
	total := 0
	last := ""
	for i := 1; i <= 350000; i++ {
		last = fmt.Sprintf("%06d|%-8s|%8.3f|%x|%+d", i, "n"+strconv.Itoa(i%100), float64(i)/9, i*3, i-100)
		total += len(last)
	}
	fmt.Println(total, last)
}
