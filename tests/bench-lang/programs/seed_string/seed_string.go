// One character appended, half a million times.
package main

import (
	"fmt"
	"strings"
)

func main() {
	var text strings.Builder
	for i := 0; i < 500_000; i++ {
		text.WriteString("x")
	}
	fmt.Println(text.Len())
}
