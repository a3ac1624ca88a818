// One short line; other constants, one more step.
console.log("fine");
console.log(2 * 3);
