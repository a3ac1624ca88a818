// Primes by crossing out; other constants, one more step.
package main

import "fmt"

func sieve(n int) (found, sum int) {
	composite := make([]bool, n+1)
	for i := 2; i <= n; i++ {
		if composite[i] {
			continue
		}
		found++
		sum = (sum*3 + i) % 1000003
		for j := i * i; j <= n; j += i {
			composite[j] = true
		}
	}
	return found, sum
}

func main() {
	fmt.Println(sieve(1400000))
}
