// Texts put together from pieces; other constants, one more step.
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func main() {
	total := 0
	var text strings.Builder
	for i := 1; i <= 1800000; i++ {
		text.WriteString("item ")
		text.WriteString(strconv.Itoa(i))
		text.WriteString("; ")
		if i%3 == 0 {
			text.WriteString(".")
		}
		if text.Len() > 6000 {
			total += text.Len()
			text.Reset()
		}
	}
	fmt.Println(total + text.Len())
}
