# the specification, section 7.4: a short program
print join(" ", sort { $b <=> $a } 3, 11, 2), " ", join(" ", sort 3, 11, 2), "\n";
