// Chains of map and grep, summed.
package main

import "fmt"

func mapped(list []int, f func(int) int) []int {
	result := make([]int, len(list))
	for i, n := range list {
		result[i] = f(n)
	}
	return result
}

func filtered(list []int, keep func(int) bool) []int {
	var result []int
	for _, n := range list {
		if keep(n) {
			result = append(result, n)
		}
	}
	return result
}

func main() {
	total := 0
	for round := 1; round <= 20; round++ {
		list := make([]int, 100000)
		for i := range list {
			list[i] = i + 1
		}
		list = mapped(list, func(n int) int { return n*3 + round })
		list = filtered(list, func(n int) bool { return n%4 == 1 })
		list = mapped(list, func(n int) int { return n * n % 1009 })
		for _, n := range list {
			total += n
		}
	}
	fmt.Println(total)
}
