// Records sorted by two fields; other constants, one more step.
const people = [];
let seed = 7;
for (let i = 1; i <= 50000; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    people.push({ name: `n${seed % 997}-${i}`, score: seed % 211 });
}
const ranked = [...people].sort((a, b) => b.score - a.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
let sum = 0;
for (let i = 0; i < ranked.length; i++) sum = (sum + (i + 1) * ranked[i].score) % 1000003;
console.log(`${ranked[0].name} ${ranked[1].name} ${ranked.at(-1).name} ${sum}`);
