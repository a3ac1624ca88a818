// One short line.
console.log("ok");
