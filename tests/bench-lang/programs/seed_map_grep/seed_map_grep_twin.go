// Half a million numbers doubled and filtered; other constants, one more step.
package main

import "fmt"

func main() {
	doubled := make([]int, 450_000)
	for i := range doubled {
		doubled[i] = (i+1)*5 + 1
	}
	var kept []int
	for _, n := range doubled {
		if n%7 == 0 {
			kept = append(kept, n)
		}
	}
	fmt.Println(len(kept))
}
