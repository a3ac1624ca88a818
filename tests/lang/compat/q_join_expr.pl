# the specification, section 7.4: a short program
print join("-", 1 + 1, "a" . "b", 3 x 2, (4, 5)), "\n"; print join($;, 1, 2) eq "1\x{1c}2" ? 1 : 0, "\n";
