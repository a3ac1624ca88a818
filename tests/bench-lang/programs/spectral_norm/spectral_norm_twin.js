// The largest singular value of an infinite matrix, approximated; other constants, one more step.
function cell(i, j) {
    return 1 / ((i + j) * (i + j + 1) / 2 + i + 1.5);
}

function times(v) {
    const result = [];
    for (let i = 0; i < v.length; i++) {
        let sum = 0;
        for (let j = 0; j < v.length; j++) sum += cell(i, j) * v[j];
        result.push(sum * 0.75);
    }
    return result;
}

function transposedTimes(v) {
    const result = [];
    for (let i = 0; i < v.length; i++) {
        let sum = 0;
        for (let j = 0; j < v.length; j++) sum += cell(j, i) * v[j];
        result.push(sum);
    }
    return result;
}

const both = (v) => transposedTimes(times(v));

let u = new Array(140).fill(1);
let v;
for (let i = 0; i < 10; i++) {
    v = both(u);
    u = both(v);
}
let uv = 0, vv = 0;
for (let i = 0; i < u.length; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
}
console.log(Math.sqrt(uv / vv).toFixed(9));
