// Numbers and texts formatted; other constants, one more step.
let total = 0, last = "";
for (let i = 1; i <= 350000; i++) {
    const number = String(i).padStart(6, "0");
    const name = ("n" + i % 100).padEnd(8);
    const quotient = (i / 9).toFixed(3).padStart(8);
    last = `${number}|${name}|${quotient}|${(i * 3).toString(16)}|${i < 100 ? "" : "+"}${i - 100}`;
    total += last.length;
}
console.log(`${total} ${last}`);
