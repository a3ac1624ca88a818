# the specification, section 7.4: a short program
print join(",", sort qw(b10 b9 B1 a _x 1)), " ", join(",", sort { lc $a cmp lc $b or $a cmp $b } qw(b A a B)), " ", join(",", sort { $a <=> $b } qw(10 9 1.5 -2)), "\n";
