# the specification, section 7.4: a short program
print join(",", "08" .. "11"), " ", join(",", "a" .. "a"), "\n";
