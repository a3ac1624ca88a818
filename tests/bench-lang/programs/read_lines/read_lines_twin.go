// A file of 50 MB, line by line; other constants, one more step.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	count, length, found := 0, 0, 0
	wanted := []byte("needle")
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Bytes()
		count++
		length += len(line)
		if bytes.Contains(line, wanted) {
			found++
		}
		if len(line) > 0 && line[0] == 'c' {
			found += 2
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(count, length, found)
}
