# the specification, section 7.4: a short program
print scalar reverse("abc", "def"), " ", join(",", reverse 1 .. 3), "\n";
