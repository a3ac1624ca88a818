// Texts put together from pieces; other constants, one more step.
let total = 0;
let text = "";
for (let i = 1; i <= 1800000; i++) {
    text += "item ";
    text += i;
    text += "; ";
    if (i % 3 === 0) text += ".";
    if (text.length > 6000) {
        total += text.length;
        text = "";
    }
}
console.log(total + text.length);
