// Half a million numbers doubled and filtered.
package main

import "fmt"

func main() {
	doubled := make([]int, 500_000)
	for i := range doubled {
		doubled[i] = (i + 1) * 2
	}
	var kept []int
	for _, n := range doubled {
		if n%3 == 0 {
			kept = append(kept, n)
		}
	}
	fmt.Println(len(kept))
}
