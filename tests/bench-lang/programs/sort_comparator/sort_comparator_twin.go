// Records sorted by two fields; other constants, one more step.
package main

import (
	"fmt"
	"sort"
)

type person struct {
	name  string
	score int
}

func main() {
	var people []person
	seed := 7
	for i := 1; i <= 50000; i++ {
		seed = (seed*3877 + 29573) % 139968
		people = append(people, person{fmt.Sprintf("n%d-%d", seed%997, i), seed % 211})
	}
	ranked := append([]person(nil), people...)
	sort.Slice(ranked, func(i, j int) bool {
		a, b := &ranked[i], &ranked[j]
		if a.score != b.score {
			return a.score > b.score
		}
		if len(a.name) != len(b.name) {
			return len(a.name) < len(b.name)
		}
		return a.name < b.name
	})
	sum := 0
	for i, one := range ranked {
		sum = (sum + (i+1)*one.score) % 1000003
	}
	fmt.Println(ranked[0].name, ranked[1].name, ranked[len(ranked)-1].name, sum)
}
