// Two words at the end of a sentence, matched a hundred thousand times; other constants, one more step.
package main

import (
	"fmt"
	"regexp"
)

func main() {
	text := "the quick brown fox jumps over the sleeping cat"
	pattern := regexp.MustCompile(`(\w+)\s+(\w+)$`)
	count := 0
	for i := 0; i < 110_000; i++ {
		if found := pattern.FindStringSubmatch(text); found != nil {
			count++
			count += len(found[1])
		}
	}
	fmt.Println(count)
}
