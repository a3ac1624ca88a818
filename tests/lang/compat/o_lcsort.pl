# the specification, section 7.4: a short program
print join(" ", sort { lc $a cmp lc $b or $a cmp $b } qw(b A a B)), "\n";
