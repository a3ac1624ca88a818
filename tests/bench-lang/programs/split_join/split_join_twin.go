// Lines taken apart and put together again; other constants, one more step.
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func main() {
	total := 0
	last := ""
	for i := 1; i <= 180000; i++ {
		line := "alpha,beta,gamma," + strconv.Itoa(i) + ",delta,zeta,eta,theta"
		fields := strings.Split(line, ",")
		fields[4] = "<" + fields[3] + ">"
		fields = append(fields, strconv.Itoa(i%10))
		for a, b := 0, len(fields)-1; a < b; a, b = a+1, b-1 {
			fields[a], fields[b] = fields[b], fields[a]
		}
		last = strings.Join(fields, ":")
		total += len(last)
	}
	fmt.Println(total, last)
}
