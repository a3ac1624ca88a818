// Matrices as arrays of arrays, multiplied; other constants, one more step.
function make(n, a, b) {
    const rows = [];
    for (let i = 0; i < n; i++) {
        const row = [];
        for (let j = 0; j < n; j++) row.push((i * a + j * b) % 11 + 0.5);
        rows.push(row);
    }
    return rows;
}
function product(p, q, n) {
    const rows = [];
    for (let i = 0; i < n; i++) {
        const from = p[i], row = [];
        for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++) sum += from[k] * q[k][j] - 0.25;
            row.push(sum);
        }
        rows.push(row);
    }
    return rows;
}
const n = 130;
const r = product(make(n, 3, 5), make(n, 9, 2), n);
let trace = 0, all = 0;
for (let i = 0; i < n; i++) {
    trace += r[i][i];
    for (const cell of r[i]) all += cell;
}
console.log(`${trace.toFixed(2)} ${all.toFixed(2)}`);
