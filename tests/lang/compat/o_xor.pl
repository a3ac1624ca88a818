# the specification, section 7.4: a short program
print((1 xor 0) ? "t" : "f", (1 xor 1) ? "t" : "f", "\n");
