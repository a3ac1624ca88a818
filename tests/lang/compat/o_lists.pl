# the specification, section 7.4: a short program
print((1, 2, 3)[-1], (sort { $b <=> $a } 1 .. 3)[0], join(",", (1 .. 5)[1 .. 3]), "\n");
