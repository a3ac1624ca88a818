// Nothing: what a process costs; other constants, one more step.
const unused = 1;
