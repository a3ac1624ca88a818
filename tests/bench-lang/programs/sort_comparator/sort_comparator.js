// Records sorted by two fields.
const people = [];
let seed = 42;
for (let i = 1; i <= 60000; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    people.push({ name: `n${seed % 997}-${i}`, score: seed % 101 });
}
const ranked = [...people].sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
let sum = 0;
for (let i = 0; i < ranked.length; i++) sum = (sum + (i + 1) * ranked[i].score) % 1000003;
console.log(`${ranked[0].name} ${ranked[1].name} ${ranked.at(-1).name} ${sum}`);
