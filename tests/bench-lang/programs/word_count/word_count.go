// Words of a file, counted, the most frequent shown.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	count := make(map[string]int)
	isNoLetter := func(r rune) bool { return r < 'a' || r > 'z' }
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		for _, word := range strings.FieldsFunc(strings.ToLower(lines.Text()), isNoLetter) {
			count[word]++
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	words := make([]string, 0, len(count))
	for word := range count {
		words = append(words, word)
	}
	sort.Slice(words, func(i, j int) bool {
		a, b := words[i], words[j]
		if count[a] != count[b] {
			return count[a] > count[b]
		}
		return a < b
	})
	for _, word := range words[:10] {
		fmt.Println(word, count[word])
	}
}
