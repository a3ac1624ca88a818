// Dates, addresses and words found in the lines of a file.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

var (
	date    = regexp.MustCompile(`(\d{4})-(\d\d)-(\d\d)`)
	address = regexp.MustCompile(`(\w+)@(\w+)\.(com|org|net)`)
	word    = regexp.MustCompile(`\b[A-Z]\w+ing\b`)
)

// number returns the value of digits that a pattern has found.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		log.Fatal(err)
	}
	return n
}

// listed returns all counts, in the order of their keys.
func listed(counts map[string]int) string {
	pairs := make([]string, 0, len(counts))
	for key, count := range counts {
		pairs = append(pairs, fmt.Sprintf("%s=%d", key, count))
	}
	sort.Strings(pairs)
	return strings.Join(pairs, " ")
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	days, words := 0, 0
	month := make(map[string]int)
	host := make(map[string]int)
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if found := date.FindStringSubmatch(line); found != nil {
			days += number(found[3])
			month[found[2]]++
		}
		for _, found := range address.FindAllStringSubmatch(line, -1) {
			host[found[2]+"."+found[3]]++
		}
		words += len(word.FindAllString(line, -1))
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(days, words, listed(month), listed(host))
}
