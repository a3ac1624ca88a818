# the specification, section 7.4: a short program
print join(",", unpack("Q> q< L S", pack("Q> q< L S", 1, -2, 3, 4))), " ", length pack("x5"), " ", join(",", unpack("(A2)*", "aabbcc")), "\n";
