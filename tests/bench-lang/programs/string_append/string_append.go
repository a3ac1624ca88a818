// Texts put together from pieces.
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func main() {
	total := 0
	var text strings.Builder
	for i := 1; i <= 2000000; i++ {
		text.WriteString("item ")
		text.WriteString(strconv.Itoa(i))
		text.WriteString(", ")
		if text.Len() > 5000 {
			total += text.Len()
			text.Reset()
		}
	}
	fmt.Println(total + text.Len())
}
