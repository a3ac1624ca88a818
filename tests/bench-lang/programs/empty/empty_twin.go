// Nothing: what a process costs; other constants, one more step.
package main

func main() {
	const unused = 1
	_ = unused
}
