# the specification, section 7.4: a short program
print join(" ", reverse sort { $a <=> $b } 1 .. 5), "\n";
