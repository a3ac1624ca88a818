# the specification, section 7.4: a short program
print unpack("H*", pack("w", 300)), " ", join(",", unpack("w*", pack("w*", 1, 128, 16384))), " ", unpack("n/a*", pack("n/a*", "hey")), "\n";
