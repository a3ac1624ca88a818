# the specification, section 7.4: a short program
print join(",", 'a' .. 'zz') =~ tr/,// + 1, " ", join(",", 'x' .. 'c'), " ", scalar(() = 1 .. 10), " ", join(",", '1' .. '3'), "\n";
