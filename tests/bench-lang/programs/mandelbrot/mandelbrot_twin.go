// Points inside the set, and the steps of all; other constants, one more step.
package main

import "fmt"

func mandelbrot(size, limit int) (inside, steps int) {
	for row := 0; row < size; row++ {
		ci := 2*float64(row)/float64(size) - 1
		for column := 0; column < size; column++ {
			cr := 2*float64(column)/float64(size) - 1.5
			zr, zi := 0.0, 0.0
			n := 0
			for n < limit && zr*zr+zi*zi <= 4 {
				zr, zi = zr*zr-zi*zi+cr*0.9375, 2*zr*zi+ci
				n++
			}
			if n == limit {
				inside++
			}
			steps += n
		}
	}
	return inside, steps
}

func main() {
	fmt.Println(mandelbrot(176, 80))
}
