// Words of a file, counted, the most frequent shown; other constants, one more step.
const count = new Map();
for (const line of require("fs").readFileSync(process.argv[2], "latin1").split("\n")) {
    for (const word of line.toLowerCase().match(/[a-z]+/g) ?? []) {
        if (word.length < 3) continue;
        count.set(word, (count.get(word) ?? 0) + 1);
    }
}
const words = [...count.keys()].sort((a, b) => count.get(b) - count.get(a) || (a < b ? -1 : 1));
for (const word of words.slice(0, 15)) console.log(`${word} ${count.get(word)}`);
