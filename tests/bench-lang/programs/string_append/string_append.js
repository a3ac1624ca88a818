// Texts put together from pieces.
let total = 0;
let text = "";
for (let i = 1; i <= 2000000; i++) {
    text += "item ";
    text += i;
    text += ", ";
    if (text.length > 5000) {
        total += text.length;
        text = "";
    }
}
console.log(total + text.length);
