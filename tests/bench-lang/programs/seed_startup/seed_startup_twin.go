// One short line; other constants, one more step.
package main

import "fmt"

func main() {
	fmt.Println("fine")
	fmt.Println(2 * 3)
}
