// One character appended, half a million times; other constants, one more step.
package main

import (
	"fmt"
	"strings"
)

func main() {
	var text strings.Builder
	for i := 0; i < 450_000; i++ {
		text.WriteString("y")
		if i%8 == 0 {
			text.WriteString("z")
		}
	}
	fmt.Println(text.Len())
}
