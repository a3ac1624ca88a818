// Lines taken apart and put together again.
let total = 0;
let last = "";
for (let i = 1; i <= 200000; i++) {
    const line = `alpha,beta,gamma,${i},delta,epsilon,eta,theta`;
    const fields = line.split(",");
    fields[3] = `<${fields[3]}>`;
    last = fields.reverse().join(";");
    total += last.length;
}
console.log(`${total} ${last}`);
