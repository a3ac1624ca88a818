// Lines taken apart and put together again; other constants, one more step.
let total = 0;
let last = "";
for (let i = 1; i <= 180000; i++) {
    const line = `alpha,beta,gamma,${i},delta,zeta,eta,theta`;
    const fields = line.split(",");
    fields[4] = `<${fields[3]}>`;
    fields.push(i % 10);
    last = fields.reverse().join(":");
    total += last.length;
}
console.log(`${total} ${last}`);
