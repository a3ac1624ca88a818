// Lines taken apart and put together again.
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func main() {
	total := 0
	last := ""
	for i := 1; i <= 200000; i++ {
		line := "alpha,beta,gamma," + strconv.Itoa(i) + ",delta,epsilon,eta,theta"
		fields := strings.Split(line, ",")
		fields[3] = "<" + fields[3] + ">"
		for a, b := 0, len(fields)-1; a < b; a, b = a+1, b-1 {
			fields[a], fields[b] = fields[b], fields[a]
		}
		last = strings.Join(fields, ";")
		total += len(last)
	}
	fmt.Println(total, last)
}
