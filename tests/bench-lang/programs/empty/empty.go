// Nothing: what a process costs.
package main

func main() {}
