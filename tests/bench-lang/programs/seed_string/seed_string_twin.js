// One character appended, half a million times; other constants, one more step.
let text = "";
for (let i = 0; i < 450_000; i++) {
    text += "y";
    if (i % 8 === 0) text += "z";
}
console.log(text.length);
