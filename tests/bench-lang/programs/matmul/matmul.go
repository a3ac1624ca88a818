// Matrices as arrays of arrays, multiplied.
package main

import "fmt"

func filled(n, a, b int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, n)
		for j := range rows[i] {
			rows[i][j] = float64((i*a+j*b)%11) + 0.5
		}
	}
	return rows
}

func product(p, q [][]float64, n int) [][]float64 {
	rows := make([][]float64, n)
	for i := range rows {
		from := p[i]
		row := make([]float64, n)
		for j := range row {
			sum := 0.0
			for k := 0; k < n; k++ {
				sum += from[k] * q[k][j]
			}
			row[j] = sum
		}
		rows[i] = row
	}
	return rows
}

func main() {
	n := 140
	r := product(filled(n, 3, 7), filled(n, 5, 2), n)
	trace, all := 0.0, 0.0
	for i, row := range r {
		trace += row[i]
		for _, x := range row {
			all += x
		}
	}
	fmt.Printf("%.2f %.2f\n", trace, all)
}
