// Two words at the end of a sentence, matched a hundred thousand times.
const text = "the quick brown fox jumps over the lazy dog";
let count = 0;
for (let i = 0; i < 100_000; i++) {
    const found = /(\w+)\s+(\w+)$/.exec(text);
    if (found) {
        count++;
    }
}
console.log(count);
