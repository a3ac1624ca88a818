# the specification, section 7.4: a short program
print join(" ", -7 % 3, 7 % -3, -7 % -3, 7 % 3, 0 % 5, -1 % 10), "\n"; { use integer; print join(" ", -7 % 3, -7 / 2, 7 / 2), "\n"; }
