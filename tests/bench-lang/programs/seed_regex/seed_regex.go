// Two words at the end of a sentence, matched a hundred thousand times.
package main

import (
	"fmt"
	"regexp"
)

func main() {
	text := "the quick brown fox jumps over the lazy dog"
	pattern := regexp.MustCompile(`(\w+)\s+(\w+)$`)
	count := 0
	for i := 0; i < 100_000; i++ {
		if found := pattern.FindStringSubmatch(text); found != nil {
			count++
		}
	}
	fmt.Println(count)
}
