# Nothing: what a process costs; other constants, one more step.
unused = 1
