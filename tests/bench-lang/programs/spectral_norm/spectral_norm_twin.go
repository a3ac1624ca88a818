// The largest singular value of an infinite matrix, approximated; other constants, one more step.
package main

import (
	"fmt"
	"math"
)

func cell(i, j int) float64 {
	return 1 / (float64((i+j)*(i+j+1)/2+i) + 1.5)
}

func times(v []float64) []float64 {
	result := make([]float64, len(v))
	for i := range result {
		sum := 0.0
		for j, x := range v {
			sum += cell(i, j) * x
		}
		result[i] = sum * 0.75
	}
	return result
}

func transposedTimes(v []float64) []float64 {
	result := make([]float64, len(v))
	for i := range result {
		sum := 0.0
		for j, x := range v {
			sum += cell(j, i) * x
		}
		result[i] = sum
	}
	return result
}

func both(v []float64) []float64 {
	return transposedTimes(times(v))
}

func main() {
	u := make([]float64, 140)
	for i := range u {
		u[i] = 1
	}
	var v []float64
	for i := 0; i < 10; i++ {
		v = both(u)
		u = both(v)
	}
	uv, vv := 0.0, 0.0
	for i, x := range v {
		uv += u[i] * x
		vv += x * x
	}
	fmt.Printf("%.9f\n", math.Sqrt(uv/vv))
}
