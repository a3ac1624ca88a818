// One character appended, half a million times.
let text = "";
for (let i = 0; i < 500_000; i++) {
    text += "x";
}
console.log(text.length);
