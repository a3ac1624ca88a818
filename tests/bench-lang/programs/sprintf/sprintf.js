// Numbers and texts formatted.
let total = 0, last = "";
for (let i = 1; i <= 400000; i++) {
    const number = String(i).padStart(5, "0");
    const name = ("n" + i % 100).padEnd(8);
    const quotient = (i / 7).toFixed(3).padStart(8);
    last = `${number}|${name}|${quotient}|${(i * 3).toString(16)}`;
    total += last.length;
}
console.log(`${total} ${last}`);
