// Dates, addresses and words found in the lines of a file.
let days = 0, words = 0;
const month = new Map(), host = new Map();
const add = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1);
for (const line of require("fs").readFileSync(process.argv[2], "latin1").split("\n")) {
    const found = /(\d{4})-(\d\d)-(\d\d)/.exec(line);
    if (found) {
        days += Number(found[3]);
        add(month, found[2]);
    }
    for (const found of line.matchAll(/(\w+)@(\w+)\.(com|org|net)/g)) add(host, `${found[2]}.${found[3]}`);
    for (const _ of line.matchAll(/\b[A-Z]\w+ing\b/g)) words++;
}
const shown = (counts) => [...counts.keys()].sort().map((key) => `${key}=${counts.get(key)}`).join(" ");
console.log(`${days} ${words} ${shown(month)} ${shown(host)}`);
