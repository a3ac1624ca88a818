// A file of 50 MB, line by line.
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
	wanted := []byte("value")
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Bytes()
		count++
		length += len(line)
		if bytes.Contains(line, wanted) {
			found++
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(count, length, found)
}
