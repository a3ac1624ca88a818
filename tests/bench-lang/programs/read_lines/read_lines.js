// A file of 50 MB, line by line.
const text = require("fs").readFileSync(process.argv[2], "latin1");
let lines = 0, length = 0, found = 0;
for (let start = 0; start < text.length;) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end);
    start = end + 1;
    lines++;
    length += line.length;
    if (line.includes("value")) found++;
}
console.log(`${lines} ${length} ${found}`);
